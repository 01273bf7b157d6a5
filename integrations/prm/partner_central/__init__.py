"""What the adapter for Amazon's Partner Central is made of."""

from __future__ import annotations
