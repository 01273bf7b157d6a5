"""A tab of the machine's Chromium; the test is skipped with the reason where there is none."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Page, ViewportSize

PATIENCE_MS = 120_000  # what a busy machine may take to start a browser or to show a page


@contextmanager
def browser_tab(viewport: ViewportSize | None = None) -> Iterator[Page]:
    """An empty tab."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.skip("there is no Chromium on this machine")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - only where there is a browser

    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=chromium, args=["--no-sandbox"], timeout=PATIENCE_MS)
        tab = browser.new_page(viewport=viewport)
        tab.set_default_timeout(PATIENCE_MS)
        yield tab
        browser.close()
