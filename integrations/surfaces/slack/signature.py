"""Whether a request comes from Slack (docs.slack.dev/authentication/verifying-requests-from-slack)."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping
from functools import lru_cache

WINDOW_SECONDS = 300
STAMP = b"x-slack-request-timestamp"
SIGNATURE = b"x-slack-signature"
Headers = Mapping[bytes, bytes]


def signature(secret: bytes, stamp: bytes, body: bytes) -> bytes:
    """HMAC-SHA256 of `v0:stamp:body`, as the header carries it."""
    made = _keyed(secret).copy()
    made.update(b"v0:" + stamp + b":" + body)
    return b"v0=" + made.hexdigest().encode()


@lru_cache(maxsize=8)
def _keyed(secret: bytes) -> hmac.HMAC:
    """The HMAC of a secret before its first byte: to make one takes as long as what is done with it."""
    return hmac.new(secret, digestmod="sha256")


def signed(headers: Headers, body: bytes, *, secret: bytes, now: Callable[[], float]) -> bool:
    """Whether Slack signed these bytes in the last five minutes; compared in constant time."""
    stamp, given = headers.get(STAMP, b""), headers.get(SIGNATURE, b"")
    if not (stamp.isdigit() and len(stamp) <= 12 and given):
        return False
    if abs(now() - int(stamp)) > WINDOW_SECONDS:
        return False
    return hmac.compare_digest(signature(secret, stamp, body), given)
