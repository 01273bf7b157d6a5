"""What a document is about and who may see it: every place that says so, and every way to get it wrong."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.domain.content import Audience, Scope
from assistant.domain.people import Role
from assistant.errors import InvalidMetadata, UnknownMetadataKey
from ingest.metadata import (
    FIELDS,
    RESTRICTING,
    declared_in_document,
    declared_in_file,
    declared_in_options,
    merged,
    scope_of,
)
from ingest.readers.front_matter import split_front_matter

PARTNERS = "roles: [partner, channel_manager, administrator]"


def in_file(text: str) -> Scope:
    return scope_of(merged([declared_in_file(text.encode(), "x.meta.yaml")]))


def test_every_key_can_be_written() -> None:
    text = f"""
title: "Guide: 2026"
language: pt_br
audience:
  {PARTNERS}
  minimum_tier: Gold
  regions: dach, JP
  partner_ids: [acme]
product: Keep
asset_type: guide
valid_from: 2026-01-01
valid_until: 2026-12-31
version: 1.10
series: guide
owner: Ops
"""
    keys = merged([declared_in_file(text.encode(), "x")])
    assert (keys.title, keys.language, keys.version) == ("Guide: 2026", "pt-BR", "1.10")
    assert scope_of(keys) == Scope(
        Audience(frozenset(Role), "gold", frozenset({"DACH", "JP"}), frozenset({"acme"})),
        date(2026, 1, 1),
        date(2026, 12, 31),
    )


def test_the_strongest_source_decides_each_key() -> None:
    line = declared_in_options(["product=Line"])
    near = declared_in_file(b"product: Near\nowner: Near", "near")
    far = declared_in_file(b"product: Far\nowner: Far\nasset_type: far", "far")
    keys = merged([line, near, far])
    assert (keys.product, keys.owner, keys.asset_type) == ("Line", "Near", "far")


def test_a_file_that_adds_a_region_keeps_the_roles_of_its_folder() -> None:
    folder = declared_in_file(f"audience:\n  {PARTNERS}\n  minimum_tier: silver".encode(), "folder")
    file = declared_in_file(b"audience: {regions: [JP]}", "file")
    audience = scope_of(merged([file, folder])).audience
    assert audience == Audience(frozenset(Role), "silver", frozenset({"JP"}))


def test_only_an_explicit_empty_audience_opens_a_restricted_folder() -> None:
    folder = declared_in_file(b"audience: {minimum_tier: gold}", "folder")
    assert scope_of(merged([declared_in_file(b"audience: {}", "file"), folder])).audience.public
    assert not scope_of(merged([declared_in_file(b"title: T", "file"), folder])).audience.public


def test_front_matter_can_open_and_restrict_as_a_sidecar_can() -> None:
    for yaml in ("audience: {}", "audience:\n  minimum_tier: gold"):
        front = split_front_matter(["---", *yaml.split("\n"), "---"]).metadata
        assert scope_of(merged([declared_in_document(front, "d")])) == in_file(yaml)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("audiance: {}", "audience"),
        ("audience:\n  role: partner", "audience.roles"),
        ("titel: X", "title"),
        ("ms.topic: x", "'ms.topic'"),
        ("valid_til: 2026-01-01", "valid_until"),
    ],
)
def test_an_unknown_key_in_a_file_of_ours_is_named_with_the_nearest_one(text: str, named: str) -> None:
    with pytest.raises(UnknownMetadataKey, match=named):
        declared_in_file(text.encode(), "x.meta.yaml")


@pytest.mark.parametrize(
    "text",
    [
        "audience:",
        "audience: gold",
        "audience: []",
        "audience:\n  minimum_tier:",
        "audience:\n  roles: [boss]",
        "audience:\n  roles: [[partner]]",
        "valid_from: soon",
        "valid_from: 1735689600",
        "valid_until:",
        "language: klingon",
        "- a list",
        "a: [",
        "x: &a [*a]",
        "\xff\xfe".encode("latin-1").decode("latin-1"),
    ],
)
def test_a_value_that_cannot_be_read_is_an_error(text: str) -> None:
    with pytest.raises((InvalidMetadata, UnknownMetadataKey)):
        declared_in_file(text.encode("latin-1"), "x.meta.yaml")


def test_an_unknown_tier_is_an_error_and_names_the_known_ones() -> None:
    keys = merged([declared_in_options(["audience.minimum_tier=diamond"])])
    with pytest.raises(InvalidMetadata, match="platinum"):
        scope_of(keys)
    assert scope_of(keys, tiers=("bronze", "Diamond")).audience.minimum_tier == "Diamond"


def test_a_validity_that_ends_before_it_begins_is_an_error() -> None:
    with pytest.raises(InvalidMetadata, match="before"):
        in_file("valid_from: 2026-02-01\nvalid_until: 2026-01-31")


def test_options_are_keys_with_values() -> None:
    assert scope_of(merged([declared_in_options(["audience.regions=dach,jp"])])).audience.regions == {"DACH", "JP"}
    with pytest.raises(InvalidMetadata, match="key=value"):
        declared_in_options(["product"])
    with pytest.raises(UnknownMetadataKey):
        declared_in_options(["audience.tier=gold"])


@pytest.mark.parametrize(
    "key", ["uthor", "ms.topic", "services", "robots", "manager", "titleSuffix", "ms.reviewer", "description", "notes"]
)
def test_keys_of_other_platforms_are_passed_over_and_named(key: str) -> None:
    found = declared_in_document({key: "x", "title": "T"}, "d")
    assert found.foreign == (key,)
    assert found.keys.title == "T"


@pytest.mark.parametrize(
    "key",
    ["audiance", "Audience", "audience.region", "min_tier", "minimum-tier", "ms.audience", "validuntil", "valid_form",
     "partner", "partner ids", "Rols", "roles", "tier", "regoins", "audience.minimum_teir"],
)  # fmt: skip
def test_a_key_that_looks_like_a_restriction_never_fails_open(key: str) -> None:
    with pytest.raises(UnknownMetadataKey):
        declared_in_document({key: "x"}, "d")


@given(
    st.sampled_from([name for name in RESTRICTING if name != "roles"]),
    st.integers(0, 30),
    st.sampled_from("abcdefghijklmnopqrstuvwxyz"),
    st.sampled_from(["drop", "change", "insert", "swap"]),
)
def test_one_slip_of_the_finger_in_a_restriction_is_an_error(name: str, place: int, letter: str, slip: str) -> None:
    at = place % (len(name) - 1)
    misspelt = {
        "drop": name[:at] + name[at + 1 :],
        "change": name[:at] + letter + name[at + 1 :],
        "insert": name[:at] + letter + name[at:],
        "swap": name[:at] + name[at + 1] + name[at] + name[at + 2 :],
    }[slip]
    if misspelt in FIELDS or misspelt == "audience":
        return
    with pytest.raises(UnknownMetadataKey):
        declared_in_document({misspelt: "x"}, "d")


@given(st.dictionaries(st.text(max_size=20), st.text(max_size=30), max_size=6))
def test_whatever_a_document_says_of_itself_is_read_or_refused_by_name(flat: dict[str, str]) -> None:
    try:
        found = declared_in_document(flat, "d")
    except (UnknownMetadataKey, InvalidMetadata):
        return
    assert set(found.foreign) | {k for k in flat if k in FIELDS or k == "audience"} == set(flat)
