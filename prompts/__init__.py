"""Text and rules that a copywriter, a market or a lawyer owns; no code but what finds the files."""

from pathlib import Path

ROOT = Path(__file__).parent
