"""The composition root: the only place where adapters are chosen."""

from __future__ import annotations
