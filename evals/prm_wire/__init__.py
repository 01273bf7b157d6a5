"""Whether a write that breaks a rule of a vendor's ever leaves, judged by schemas that the adapters do not use."""
