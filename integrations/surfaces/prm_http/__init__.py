"""The PRM as an HTTP server: every call of the ports `Prm` and `DealDesk`, for programs and for other Liaisons."""
