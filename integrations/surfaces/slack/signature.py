"""Whether a request comes from Slack (docs.slack.dev/authentication/verifying-requests-from-slack)."""

from __future__ import annotations

import hmac
from collections.abc import Callable, Mapping

WINDOW_SECONDS = 300
STAMP = b"x-slack-request-timestamp"
SIGNATURE = b"x-slack-signature"
Headers = Mapping[bytes, bytes]


def signature(secret: bytes, stamp: bytes, body: bytes) -> bytes:
    """HMAC-SHA256 of `v0:stamp:body`, as the header carries it."""
    return b"v0=" + hmac.digest(secret, b"v0:" + stamp + b":" + body, "sha256").hex().encode()


def signed(headers: Headers, body: bytes, *, secret: bytes, now: Callable[[], float]) -> bool:
    """Whether Slack signed these bytes in the last five minutes; compared in constant time."""
    stamp, given = headers.get(STAMP, b""), headers.get(SIGNATURE, b"")
    if not (stamp.isdigit() and len(stamp) <= 12 and given):
        return False
    if abs(now() - int(stamp)) > WINDOW_SECONDS:
        return False
    return hmac.compare_digest(signature(secret, stamp, body), given)
