"""`liaison serve`: the HTTP interface and the web page."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.console import Console

from integrations.settings import Settings
from integrations.surfaces.http.server import Listening
from integrations.surfaces.http.server import serve as serve_forever


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; 0.0.0.0 for every network.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=1, max=65535)] = 8000,
    drain: Annotated[float, typer.Option(min=0, help="Seconds to go on serving after SIGTERM.")] = 1.0,
) -> None:
    """Answer questions over HTTP and on a web page until stopped. Make a key first: liaison keys create."""
    settings = Settings()
    console = Console(stderr=True)
    console.print(f"Liaison serves {settings.data} on http://{host}:{port}", highlight=False)
    if not settings.api_anonymous:
        console.print("Callers need a key: liaison keys create NAME --as partner:ID", style="dim", highlight=False)
    serve_forever(settings, Listening(host=host, port=port, workers=settings.api_workers, drain_seconds=drain))
