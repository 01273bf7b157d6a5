"""Tokens of workspaces at rest: encrypted by keys of the installation, the first of which is the present one."""

from __future__ import annotations

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from assistant.errors import SettingsError, StorageError


class Vault:
    """Seals and opens tokens (github.com/fernet/spec). Keys that come later in the list only open."""

    def __init__(self, keys: str) -> None:
        """`keys` are Fernet keys with commas between them. Raises SettingsError for none, or for one that is no key."""
        hint = "Make one by `liaison slack key` and set LIAISON_SLACK_TOKEN_KEYS to it; put a new one before old ones."
        named = [key.strip() for key in keys.split(",") if key.strip()]
        if not named:
            raise SettingsError("There is no key to encrypt the tokens of workspaces with.", hint=hint)
        try:
            self._fernet = MultiFernet([Fernet(key) for key in named])
        except ValueError as error:
            raise SettingsError("LIAISON_SLACK_TOKEN_KEYS holds something that is no key.", hint=hint) from error

    def seal(self, token: str | None) -> str | None:
        """A token as it is kept; nothing for nothing."""
        return self._fernet.encrypt(token.encode()).decode() if token else None

    def open(self, sealed: str | None) -> str | None:
        """A token as it was. Raises StorageError when no key opens it."""
        try:
            return self._fernet.decrypt(sealed.encode()).decode() if sealed else None
        except InvalidToken as error:
            raise _locked() from error

    def renewed(self, sealed: str | None) -> str | None:
        """The same token under the first key. Raises StorageError when no key opens it."""
        try:
            return self._fernet.rotate(sealed.encode()).decode() if sealed else None
        except InvalidToken as error:
            raise _locked() from error


def new_key() -> str:
    """A key."""
    return Fernet.generate_key().decode()


def _locked() -> StorageError:
    hint = "Add the key it was encrypted with to LIAISON_SLACK_TOKEN_KEYS, or install the app in that workspace again."
    return StorageError("No key opens the token of a Slack workspace.", hint=hint)
