"""The sample programme as the tests look at it: each document's text and metadata, and who asks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field

from assistant.domain.people import Role, TierLadder
from ingest.readers import read_here

ROOT = Path(__file__).parents[3]
SAMPLES = ROOT / "samples"
CONTENT = SAMPLES / "content"
PATHS = tuple(
    sorted(str(p.relative_to(CONTENT)) for p in CONTENT.rglob("*") if p.is_file() and not p.name.endswith(".meta.yaml"))
)


class Strict(BaseModel):
    """Unknown keys are errors."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class SampleAudience(Strict):
    """The audience block of a document's metadata."""

    roles: tuple[Role, ...] = ()
    minimum_tier: str = ""
    regions: tuple[str, ...] = ()
    partner_ids: tuple[str, ...] = ()


class SampleMetadata(Strict):
    """Every key that content may declare."""

    title: str = ""
    language: str = ""
    audience: SampleAudience = SampleAudience()
    product: str = ""
    asset_type: str = ""
    valid_from: date = date.min
    valid_until: date = date.max
    version: str = ""
    series: str = ""
    owner: str = ""


class Gold(Strict):
    """A place that answers a question."""

    doc: str
    heading: str
    quote: str = Field(min_length=1)


class Question(Strict):
    """A golden question as its file writes it."""

    id: str
    lang: str
    asker: str = Field(alias="as")
    kind: str
    family: str
    split: str
    canary: str
    question: str
    question_en: str = ""
    gold: list[Gold]
    facts: list[str]
    answer: str
    not_gold: list[str]
    why: str = ""


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody of partners.yaml."""

    role: Role | None = None
    partner_id: str = ""
    tier: str = ""
    regions: frozenset[str] = frozenset()

    def sees(self, path: str, today: date) -> bool:
        """Whether the document may be shown to this person on that day."""
        metadata = metadata_of(path)
        audience = metadata.audience
        if not metadata.valid_from <= today <= metadata.valid_until:
            return False
        if audience == SampleAudience():
            return True
        tier_met = self.role is not Role.PARTNER or TierLadder().reaches(self.tier, audience.minimum_tier)
        return (
            self.role is not None
            and (not audience.roles or self.role in audience.roles)
            and (not audience.minimum_tier or tier_met)
            and (not audience.regions or bool(set(audience.regions) & self.regions))
            and (not audience.partner_ids or self.partner_id in audience.partner_ids)
        )


@cache
def text_of(path: str) -> str:
    """What the reader of its type finds in a document, headings included, white space as single blanks."""
    document = read_here((CONTENT / path).read_bytes(), path)
    parts = [part for section in document.sections for part in (*section.heading_path, section.text)]
    return " ".join(" ".join(parts).split())


@cache
def metadata_of(path: str) -> SampleMetadata:
    """A document's metadata: its own keys over the defaults of its folder."""
    file = CONTENT / path
    defaults = file.parent / "_folder.meta.yaml"
    merged = yaml.safe_load(defaults.read_text(encoding="utf-8")) if defaults.exists() else {}
    if file.suffix == ".md":
        own = yaml.safe_load(file.read_text(encoding="utf-8").split("---\n")[1])
    else:
        own = yaml.safe_load(file.with_name(file.name + ".meta.yaml").read_text(encoding="utf-8"))
    return SampleMetadata.model_validate(merged | own)


@cache
def people() -> dict[str, Person]:
    """Everybody who may ask, by the name that `as` uses."""
    listed = yaml.safe_load((SAMPLES / "partners.yaml").read_text(encoding="utf-8"))
    known = {"anonymous": Person()}
    for entry in listed["partners"]:
        regions = frozenset(entry["regions"])
        known[f"partner:{entry['id']}"] = Person(Role.PARTNER, entry["id"], entry["tier"], regions)
    for entry in listed["staff"]:
        known[f"{entry['role']}:{entry['id']}"] = Person(Role(entry["role"]), regions=frozenset(entry["regions"]))
    return known


@cache
def today() -> date:
    """The day at which the sample programme stands."""
    day = yaml.safe_load((SAMPLES / "demo.yaml").read_text(encoding="utf-8"))["today"]
    assert isinstance(day, date)
    return day


def questions() -> list[Question]:
    """The golden questions."""
    lines = [line for file in question_files() for line in file.read_text(encoding="utf-8").splitlines()]
    return [Question.model_validate_json(line) for line in lines]


def question_files() -> list[Path]:
    """The files of golden questions, one a language."""
    return sorted((SAMPLES / "questions").glob("*.jsonl"))
