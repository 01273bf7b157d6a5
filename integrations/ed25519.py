"""The prime-order group of Curve25519 by libsodium, for private set intersections."""

from __future__ import annotations

import hashlib
import secrets

from assistant.errors import InvalidRecord, Problem, SettingsError

try:
    from nacl import bindings
    from nacl.exceptions import CryptoError
except ImportError as missing:  # pragma: no cover - the extra is part of the developer's installation
    raise SettingsError("Private account mapping needs PyNaCl.", hint="pip install 'liaison[overlap]'.") from missing

DOMAIN = b"liaison-overlap-1:"
SIZE = 32


class Ed25519Group:
    """Implements Group. A text is hashed by SHA-512 and mapped with Elligator 2, cofactor cleared, by libsodium."""

    def secret(self) -> bytes:
        """See Group."""
        while True:
            made = bindings.crypto_core_ed25519_scalar_reduce(secrets.token_bytes(64))
            if any(made):
                return bytes(made)

    def hashed(self, text: str) -> bytes:
        """See Group."""
        uniform = hashlib.sha512(DOMAIN + text.encode()).digest()[:SIZE]
        return bytes(bindings.crypto_core_ed25519_from_uniform(uniform))

    def blinded(self, element: bytes, secret: bytes) -> bytes:
        """See Group. libsodium refuses points off the curve, of small order, and outside the prime-order group."""
        told = "holds a value that is no blinded key; hashes of names are refused, since they can be looked up"
        if len(element) != SIZE or not bindings.crypto_core_ed25519_is_valid_point(element):
            raise InvalidRecord.of(Problem("blinded", "invalid", told))
        try:
            return bytes(bindings.crypto_scalarmult_ed25519_noclamp(secret, element))
        except CryptoError as error:
            raise InvalidRecord.of(Problem("blinded", "invalid", told)) from error
