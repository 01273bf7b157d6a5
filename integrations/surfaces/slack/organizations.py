"""Which Slack workspace belongs to which organization: a YAML file that an administrator writes."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

from assistant.domain.people import principal
from assistant.errors import SettingsError, UsageError

VENDOR = "vendor"


class Organizations(BaseModel):
    """The file. Ids are of workspaces (T…) or Grid organizations (E…).

    `teams` says whose a workspace is: "vendor", or `partner:ID`. `domains` and `people` name members of the vendor's
    own workspaces by their confirmed e-mail address: partner people who are members there, and the vendor's staff.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)
    teams: dict[str, str] = {}
    domains: dict[str, str] = {}
    people: dict[str, str] = {}

    @field_validator("teams", "domains")
    @classmethod
    def _partners(cls, named: dict[str, str]) -> dict[str, str]:
        for name, value in named.items():
            if value != VENDOR and not value.startswith("partner:"):
                raise ValueError(f"{name}: {value!r} is neither {VENDOR} nor partner:ID")
        return {name.strip(): value for name, value in named.items()}

    @field_validator("people")
    @classmethod
    def _principals(cls, named: dict[str, str]) -> dict[str, str]:
        for value in named.values():
            try:
                principal(value)
            except UsageError as error:
                raise ValueError(str(error)) from error
        return {address.strip().lower(): value for address, value in named.items()}

    def owner(self, *ids: str) -> str:
        """Whose the first known of these workspaces or organizations is: "vendor", `partner:ID`, or "" for unknown."""
        return next((self.teams[each] for each in ids if each in self.teams), "")


def read_organizations(file: Path | None) -> Organizations:
    """The organizations of a file; none without a file. Raises SettingsError."""
    if file is None:
        return Organizations()
    try:
        return Organizations.model_validate(yaml.safe_load(file.read_text(encoding="utf-8")) or {})
    except OSError as error:
        hint = "Check LIAISON_SLACK_ORGANIZATIONS."
        raise SettingsError(f"{file} cannot be read: {error.strerror}.", hint=hint) from error
    except (UnicodeDecodeError, yaml.YAMLError, ValidationError) as error:
        raise SettingsError(f"{file} is no list of organizations: {error}", hint="See docs/slack.md.") from error
