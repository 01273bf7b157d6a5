"""What a document is about and who may see it, resolved from everything that says so.

Sources from strongest to weakest: command line, sidecar `NAME.meta.yaml`, the document itself (front matter),
`_folder.meta.yaml` of the file's folder and then of each folder above it. The strongest source that has a key decides
it. Each key under `audience` is decided on its own, so a file that adds a region keeps its folder's roles; only an
explicit `audience: {}` opens a document that its folder restricts.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated

import yaml
from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from assistant.domain.content import Audience, Scope
from assistant.domain.people import Role, TierLadder
from assistant.errors import InvalidMetadata, UnknownMetadataKey
from ingest.readers.front_matter import flatten, load_text

SIDECAR = ".meta.yaml"
FOLDER_FILE = "_folder.meta.yaml"
EVERYBODY = "{}"  # `audience: {}`
RESTRICTING = ("audience", "roles", "minimum_tier", "regions", "partner_ids", "valid_from", "valid_until")
RESTRICTING_WORDS = ("tier", "audience", "region", "valid", "partner", "role")
SHORT = 6  # names up to this length are misspelt by one letter, longer ones by two
LANGUAGE_TAG = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_]([A-Za-z]{2}))?")


def _names(value: str) -> object:
    return json.loads(value) if value.startswith("[") else [part.strip() for part in value.split(",") if part.strip()]


def _codes(value: str) -> object:
    names = _names(value)
    return [str(name).strip().upper() for name in names] if isinstance(names, list) else names


def _day(value: str) -> date:
    try:
        return date.fromisoformat(value.strip())
    except ValueError as error:
        raise ValueError(f"{value!r} is not a date such as 2026-01-31") from error


def _language(value: str) -> str:
    match = LANGUAGE_TAG.fullmatch(value.strip())
    if match is None:
        raise ValueError("a language is a tag such as en, pt-BR or zh-Hans")
    language, script, region = match.groups()
    return "-".join(filter(None, (language.lower(), (script or "").title(), (region or "").upper())))


Names = Annotated[frozenset[str], BeforeValidator(_names)]
Roles = Annotated[frozenset[Role], BeforeValidator(_names)]
Regions = Annotated[frozenset[str], BeforeValidator(_codes)]
Language = Annotated[str, BeforeValidator(_language)]
Day = Annotated[date, BeforeValidator(_day)]


class MetadataKeys(BaseModel):
    """Every key a document can have, as flat text; None where a source does not say."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=False)

    title: str | None = None
    language: Language | None = None
    audience_roles: Roles | None = None
    audience_minimum_tier: str | None = None
    audience_regions: Regions | None = None
    audience_partner_ids: Names | None = None
    product: str | None = None
    asset_type: str | None = None
    valid_from: Day | None = None
    valid_until: Day | None = None
    version: str | None = None
    series: str | None = None
    owner: str | None = None


FIELDS = {name.replace("audience_", "audience."): name for name in MetadataKeys.model_fields}
OPEN = {"audience_roles": "[]", "audience_minimum_tier": "", "audience_regions": "[]", "audience_partner_ids": "[]"}


@dataclass(frozen=True, slots=True)
class Declared:
    """The keys of one source; `foreign` names those of other platforms, which were passed over."""

    keys: MetadataKeys = field(default_factory=MetadataKeys)
    foreign: tuple[str, ...] = ()


def declared_in_file(data: bytes, origin: str) -> Declared:
    """The keys of a sidecar or folder file; every key must be one of ours.

    Raises:
        UnknownMetadataKey: naming the key and the nearest known one.
        InvalidMetadata: it is not YAML, or a value cannot be read.
    """
    try:
        parsed = load_text(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise InvalidMetadata(f"{origin} is not readable YAML: {error}") from error
    if parsed is not None and not isinstance(parsed, dict):
        raise InvalidMetadata(f"{origin} must hold keys with values.")
    return declared_strictly(flatten(parsed or {}), origin)


def declared_in_options(pairs: Sequence[str]) -> Declared:
    """The keys of `--set key=value`; lists are separated by commas. Raises as `declared_in_file` does."""
    flat: dict[str, str] = {}
    for pair in pairs:
        key, separator, value = pair.partition("=")
        if not separator:
            raise InvalidMetadata(f"--set {pair}: write key=value.")
        flat[key.strip()] = value.strip()
    return declared_strictly(flat, "--set")


def declared_strictly(flat: Mapping[str, str], origin: str) -> Declared:
    """Flat text keys, all of which must be ours."""
    unknown = [key for key in flat if key != "audience" and key not in FIELDS]
    if unknown:
        raise _unknown(unknown, origin)
    return Declared(_keys(flat, origin))


def declared_in_document(flat: Mapping[str, str], origin: str) -> Declared:
    """What a document says of itself. Keys of other platforms are passed over and named.

    Raises:
        UnknownMetadataKey: a key looks like a misspelt restriction; passing it over would show the document to all.
        InvalidMetadata: a value cannot be read.
    """
    foreign = [key for key in flat if key != "audience" and key not in FIELDS]
    suspicious = [key for key in foreign if _looks_restricting(key)]
    if suspicious:
        raise _unknown(suspicious, origin)
    own = {key: value for key, value in flat.items() if key not in foreign}
    return Declared(_keys(own, origin), tuple(foreign))


def merged(declared: Iterable[Declared]) -> MetadataKeys:
    """One set of keys: each from the first, strongest source that has it."""
    values: dict[str, object] = {}
    for source in declared:
        given = {name: getattr(source.keys, name) for name in source.keys.model_fields_set}
        values = given | values
    return MetadataKeys.model_construct(set(values), **values)


def scope_of(keys: MetadataKeys, *, tiers: Sequence[str] = TierLadder().names) -> Scope:
    """Who may see the document and when.

    Raises:
        InvalidMetadata: a tier the programme does not have, or a validity that ends before it begins.
    """
    tier = (keys.audience_minimum_tier or "").casefold()
    known = {name.casefold(): name for name in tiers}
    if tier and tier not in known:
        raise InvalidMetadata(f"audience.minimum_tier: there is no tier {tier!r}.", hint=f"Use one of {list(tiers)}.")
    if keys.valid_from and keys.valid_until and keys.valid_until < keys.valid_from:
        raise InvalidMetadata(f"valid_until {keys.valid_until} is before valid_from {keys.valid_from}.")
    audience = Audience(
        roles=keys.audience_roles or frozenset(),
        minimum_tier=known.get(tier, ""),
        regions=keys.audience_regions or frozenset(),
        partner_ids=keys.audience_partner_ids or frozenset(),
    )
    return Scope(audience=audience, valid_from=keys.valid_from, valid_until=keys.valid_until)


def _keys(flat: Mapping[str, str], origin: str) -> MetadataKeys:
    whole = flat.get("audience")
    if whole is not None and whole != EVERYBODY:
        raise InvalidMetadata(
            f"{origin}: audience takes keys of its own, not {whole!r}.",
            hint="Write audience: {minimum_tier: gold}, or audience: {} for everybody.",
        )
    blank = [key for key, value in flat.items() if key.startswith("audience.") and not value]
    if blank:
        raise InvalidMetadata(f"{origin}: {', '.join(blank)} has no value.", hint="Give it one, or remove the line.")
    values = dict(OPEN) if whole == EVERYBODY else {}
    values |= {FIELDS[key]: value for key, value in flat.items() if key != "audience"}
    try:
        return MetadataKeys.model_validate(values)
    except ValidationError as error:
        problems = [
            f"{str(problem['loc'][0]).replace('audience_', 'audience.')}: {problem['msg']}"
            for problem in error.errors()
        ]
        raise InvalidMetadata(f"{origin}: {'; '.join(problems)}.") from error


def _unknown(keys: Sequence[str], origin: str) -> UnknownMetadataKey:
    known = [*FIELDS, "audience"]
    guesses = []
    for key in keys:
        nearest = process.extractOne(key, known)
        guesses.append(f"{key!r} (nearest: {nearest[0]!r})" if nearest else repr(key))
    return UnknownMetadataKey(f"{origin}: unknown metadata key {', '.join(guesses)}.")


def _looks_restricting(key: str) -> bool:
    parts = [re.sub(r"[^a-z0-9]", "", part.casefold()) for part in (key, key.rsplit(".", 1)[-1])]
    if any(word in part for part in parts for word in RESTRICTING_WORDS):
        return True
    names = [name.replace("_", "") for name in RESTRICTING]
    return any(Levenshtein.distance(part, name) <= (1 if len(name) <= SHORT else 2) for part in parts for name in names)
