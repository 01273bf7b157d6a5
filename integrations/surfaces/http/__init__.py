"""The HTTP interface: a FastAPI application over an installation."""
