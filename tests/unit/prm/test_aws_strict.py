from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from babel import Locale
from botocore.validate import ParamValidator

from integrations.prm.aws_wire.model import allowed, documented, operation, shape
from integrations.prm.aws_wire.postal import example, postal_flaw, takes_postal_code
from integrations.prm.aws_wire.strict import flaws, known
from tests.unit.prm.aws_world import a_request

SAMPLES = "data/aws-partner-central/opportunity-samples"
# Names in Amazon's list that the Unicode names of countries spell otherwise; "" for what is no country today.
OTHERWISE = {
    "bosnia and herzegovina": "BA", "korea": "KR", "brunei darussalam": "BN", "aland islands": "AX", "turkey": "TR",
    "lao people's democratic republic": "LA", "saint barthelemy": "BL", "saint martin (french part)": "MF",
    "svalbard and jan mayen": "SJ", "wallis and futuna": "WF", "czech republic": "CZ", "myanmar": "MM",
    "macedonia, the former yugoslav republic of": "MK", "serbia and montenegro": "CS", "great britain": "",
    "saint vincent and the grenadines": "VC", "reunion": "RE", "holy see (vatican city state)": "VA",
    "viet nam": "VN", "virgin islands, u.s.": "VI", "saint pierre and miquelon": "PM", "swaziland": "SZ",
    "trinidad and tobago": "TT", "congo": "CG", "cote d'ivoire": "CI", "libyan arab jamahiriya": "LY",
    "antigua and barbuda": "AG", "syrian arab republic": "SY", "bonaire,sint eustatius and saba": "BQ",
    "curacao": "CW", "heard island and mcdonald islands": "HM", "macao": "MO", "netherlands antilles": "AN",
    "saint helena, ascension and  tristan da cunha": "SH", "hong kong": "HK", "saint kitts and nevis": "KN",
    "sao tome and principe": "ST",
}  # fmt: skip


def broken(**changes: Any) -> set[tuple[str, str]]:
    found = flaws(a_request("t", **changes), operation("CreateOpportunity").input_shape)
    return {(flaw.field, flaw.code) for flaw in found}


def test_a_sound_request_has_no_flaw() -> None:
    assert broken() == set()


@pytest.mark.parametrize(
    ("path", "value", "code"),
    [
        ("Customer__Account__Industry", "Shipping", "INVALID_ENUM_VALUE"),
        ("Customer__Account__Duns", "abc", "INVALID_STRING_FORMAT"),
        ("Project__CustomerBusinessProblem", "short", "INVALID_STRING_FORMAT"),
        ("LifeCycle__NextSteps", "x" * 256, "INVALID_STRING_FORMAT"),
        ("OpportunityTeam", [{}] * 11, "TOO_MANY_VALUES"),
        ("Tags", [{"Key": "a", "Value": "b"}] * 201, "TOO_MANY_VALUES"),
        ("ClientToken", "t" * 256, "INVALID_STRING_FORMAT"),
        ("Project__Title", 7, "INVALID_VALUE"),
    ],
)
def test_what_botocore_lets_pass_is_a_flaw(path: str, value: Any, code: str) -> None:
    assert (path.replace("__", "."), code) in broken(**{path: value})
    if not isinstance(value, int):
        report = ParamValidator().validate(a_request("t", **{path: value}), operation("CreateOpportunity").input_shape)
        assert not report.has_errors()


def test_a_union_has_exactly_one_member() -> None:
    payload = shape("EngagementContextPayload")
    assert [flaw.code for flaw in flaws({}, payload)] == ["INVALID_VALUE"]
    both = flaws({"Lead": {"Customer": {}, "Interactions": []}, "CustomerProject": {}}, payload)
    assert any(flaw.message.startswith("must have exactly one of") for flaw in both)


def test_a_missing_or_unknown_member_and_a_null_are_flaws_that_reading_takes_away() -> None:
    request = {"Catalog": "AWS", "Zip": "1", "OpportunityType": None}
    create = operation("CreateOpportunity").input_shape
    assert {flaw.field for flaw in flaws(request, create)} == {"Zip", "OpportunityType", "ClientToken"}
    assert known(request, create) == {"Catalog": "AWS"}


@pytest.mark.parametrize("country", allowed("CountryCode"))
def test_every_country_takes_its_own_postal_code(country: str) -> None:
    assert postal_flaw(country, example(country)) == ""
    assert bool(postal_flaw(country, "")) is takes_postal_code(country)


def code_of(name: str) -> str:
    names: dict[str, str] = {
        str(label).lower(): str(code) for code, label in Locale("en").territories.items() if len(code) == 2
    }
    return OTHERWISE.get(name.lower(), names.get(name.lower(), "?"))


def rows(path: Path) -> list[list[str]]:
    with path.open(encoding="utf-8-sig") as lines:
        return list(csv.reader(lines))[1:]


def written_out(text: str) -> tuple[str, ...]:
    """A published format as a code: as it stands where its digits are a place's own, else with ones for nines."""
    return (text.replace("N", "1"), text.replace("N", "1").replace("9", "1"))


@pytest.mark.shared
def test_every_published_postal_format_is_taken_and_a_longer_code_is_not(shared: Path) -> None:
    checked = 0
    for name, message in rows(shared / SAMPLES / "PostalCodeValidations.csv"):
        country = code_of(name)
        assert country != "?", name
        told = message.split("must be in ")[1].removesuffix(" format.")
        if not country or "(A)" in told:
            continue
        for text in told.replace(" or ", " OR ").split(" OR "):
            assert any(postal_flaw(country, each) == "" for each in written_out(text.strip())), (name, text)
        assert postal_flaw(country, "1234567890123")
        checked += 1
    assert checked == 147


@pytest.mark.shared
def test_every_country_published_as_without_postal_codes_takes_none(shared: Path) -> None:
    names = [row[0] for row in rows(shared / SAMPLES / "CountriesWithoutPostalCode.csv") if row and row[0]]
    assert len(names) >= 58
    assert [name for name in names if takes_postal_code(code_of(name))] == []


def test_a_text_that_one_of_amazons_patterns_would_chew_on_for_ever_is_a_flaw() -> None:
    website = shape("CompanyWebsiteUrl")
    assert flaws("a.example.com", website) == ()
    assert [flaw.code for flaw in flaws("a." * 100 + "!", website)] == ["INVALID_STRING_FORMAT"]


def test_values_that_only_a_description_lists_are_known() -> None:
    assert {"Archiving", "Media & High performance computing (HPC)"} <= documented("Project", "CustomerUseCase")
    assert "FPO, AP" in documented("Address", "StateOrRegion")
    assert documented("Project", "Title") == frozenset()
