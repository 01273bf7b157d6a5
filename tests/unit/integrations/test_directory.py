from __future__ import annotations

from pathlib import Path

import pytest

from assistant.domain.people import ANONYMOUS, Role
from assistant.errors import SettingsError, UsageError
from integrations.directory import Directory
from tests.conftest import ROOT

PEOPLE = ROOT / "samples" / "partners.yaml"


def test_a_partner_is_known_with_tier_regions_and_locale() -> None:
    acme = Directory(PEOPLE).requester("partner:acme")
    assert (acme.role, acme.partner_id, acme.tier, acme.locale) == (Role.PARTNER, "acme", "gold", "de")
    assert acme.regions == {"DE", "DACH", "EMEA"}


def test_the_vendors_people_have_no_tier_and_no_partner() -> None:
    jonas = Directory(PEOPLE).requester("channel_manager:jonas")
    assert (jonas.role, jonas.partner_id, jonas.tier) == (Role.CHANNEL_MANAGER, "", "")


@pytest.mark.parametrize("name", ["", "anonymous"])
def test_nobody_in_particular_is_anonymous(name: str) -> None:
    assert Directory(PEOPLE).requester(name) == ANONYMOUS
    assert Directory(None).requester(name) == ANONYMOUS


@pytest.mark.parametrize(
    "name", ["acme", "partner:", "partner:nobody", "administrator:jonas", "channel_manager:acme", ":"]
)
def test_somebody_unknown_is_refused_with_those_who_are_known(name: str) -> None:
    with pytest.raises(UsageError) as refused:
        Directory(PEOPLE).requester(name)
    assert "partner:acme" in refused.value.hint
    assert "channel_manager:jonas" in refused.value.hint


def test_without_a_file_the_hint_names_the_setting() -> None:
    with pytest.raises(UsageError, match="LIAISON_PARTNERS"):
        Directory(None).requester("partner:acme")


@pytest.mark.parametrize(
    "content",
    [
        b"partners: [",
        b"[1, 2]",
        b"partners: [{id: no}]",
        b"staff: [{id: x, role: boss}]",
        b"partners: \xff\xfe",
        b"- \x00",
    ],
)
def test_a_file_that_lists_no_partners_is_refused_by_name(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "people.yaml"
    file.write_bytes(content)
    with pytest.raises(SettingsError, match=r"people\.yaml"):
        Directory(file)


def test_a_missing_file_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"absent\.yaml cannot be read"):
        Directory(tmp_path / "absent.yaml")


def test_an_empty_file_knows_nobody(tmp_path: Path) -> None:
    file = tmp_path / "people.yaml"
    file.write_text("", encoding="utf-8")
    with pytest.raises(UsageError):
        Directory(file).requester("partner:acme")


def test_staff_cannot_pass_as_a_partner(tmp_path: Path) -> None:
    file = tmp_path / "people.yaml"
    file.write_text("staff: [{id: eve, role: partner}]", encoding="utf-8")
    with pytest.raises(SettingsError, match="partner"):
        Directory(file)
