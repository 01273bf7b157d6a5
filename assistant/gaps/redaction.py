"""Questions and comments without what identifies a person."""

from __future__ import annotations

import regex

# Possessive quantifiers keep these linear on hostile input.
EMAIL = regex.compile(r"[\p{L}\p{N}._%+'-]++@[\p{L}\p{N}-]++(?:\.[\p{L}\p{N}-]++)+")
# International or trunk prefix, or brackets or separators between groups: "90", "2026" and "10,000" are no numbers.
PHONE = regex.compile(
    r"(?<![\p{Latin}\p{N}.,-])(?:\+\d{1,3}|\(\d{2,5}\)|00?\d{1,4})(?:[ \-./()]{0,2}\d){6,12}(?!\d)"
    r"|(?<![\p{Latin}\p{N}.,-])\d{3}[ .-]\d{3}[ .-]\d{4}(?!\d)"
)
MASKED_EMAIL = "[e-mail]"
MASKED_PHONE = "[phone]"


def redacted(text: str) -> str:
    """A text with e-mail addresses and phone numbers blacked out."""
    return str(PHONE.sub(MASKED_PHONE, EMAIL.sub(MASKED_EMAIL, text)))
