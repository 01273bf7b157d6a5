"""The AWS wire: AWS JSON 1.0 for Partner Central Selling, spoken by the embedded PRM."""

from __future__ import annotations
