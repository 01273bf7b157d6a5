"""Links that say which campaign, channel and partner brought a reader."""

from __future__ import annotations

from functools import lru_cache
from urllib.parse import urlencode


@lru_cache(maxsize=512)
def tracking(source: str, medium: str, campaign: str, content: str) -> tuple[str, ...]:
    """The UTM parameters of a link, as they stand in it."""
    pairs = {"utm_source": source, "utm_medium": medium, "utm_campaign": campaign, "utm_content": content}
    return tuple(urlencode({key: value}) for key, value in pairs.items())
