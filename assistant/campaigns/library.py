"""All campaign data of an installation: what ships in `prompts/`, a customer's folder laid over it file by file."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any

from assistant.campaigns.block import BRIEF_SLOTS, Block, Claim, Programme, Texts
from assistant.campaigns.channel import Channels, Place
from assistant.campaigns.glossary import Entry, Glossary
from assistant.campaigns.law import BannedTerms, Countries, CountryLaw, Terms
from assistant.campaigns.locale_pack import LocalePack
from assistant.campaigns.reading import HINT, Closed, mapping, model
from assistant.campaigns.rendering import slots
from assistant.campaigns.segment import Term
from assistant.errors import SettingsError, UsageError
from prompts import ROOT

FOLDERS = ("blocks", "channels", "disclosures", "glossary", "locales")
DISCLOSURE_TEXTS = "disclosures/texts.yaml"


def _sound(texts: Texts, claims: Mapping[str, Claim], *, places: Mapping[str, Place], path: Path) -> Texts:
    for theme, fields in texts.themes.items():
        for field, blocks in fields.items():
            where = f"{path}: {theme}: {field}"
            if field not in places:
                raise SettingsError(f"{where} is no field of a channel.", hint=f"Known: {', '.join(places)}.")
            for block in blocks:
                _known(block, claims, where=where)
    return texts


def _known(block: Block, claims: Mapping[str, Claim], *, where: str) -> None:
    unknown = set(block.claims) - claims.keys()
    if unknown:
        raise SettingsError(f"{where} names claims that do not exist: {', '.join(sorted(unknown))}.", hint=HINT)
    allowed = BRIEF_SLOTS | {name for claim in block.claims for name in claims[claim].values}
    for _, text in block.sizes():
        if stray := slots(text) - allowed:
            raise SettingsError(
                f"{where} has slots that none of its claims gives: {', '.join(sorted(stray))}.", hint=HINT
            )


class WorldNames(Closed):
    """Names that are the same in every language."""

    names: tuple[str, ...]


class Library:
    """Campaign data. A file in `override` takes the place of the file of the same path below `prompts/`."""

    def __init__(self, override: Path | None = None) -> None:
        if override is not None and not override.is_dir():
            raise SettingsError(f"The folder of campaign data {override} does not exist.", hint=HINT)
        self._roots = (override, ROOT) if override else (ROOT,)
        self._programmes: dict[str, Programme] = {}

    def path(self, name: str) -> Path:
        """Where a file is: in the customer's folder, else in ours."""
        return next((root / name for root in self._roots if (root / name).is_file()), ROOT / name)

    def names(self, folder: str) -> tuple[str, ...]:
        """The stems of the YAML files of a folder, ours and the customer's."""
        return tuple(sorted({found.stem for root in self._roots for found in (root / folder).glob("*.yaml")}))

    @cached_property
    def locales(self) -> Mapping[str, LocalePack]:
        """Every locale pack by its name."""
        return {name: self._pack(name) for name in self.names("locales")}

    def _pack(self, name: str) -> LocalePack:
        values = self._inherited(name, seen=())
        return model(LocalePack, {**values, "locale": name}, path=self.path(f"locales/{name}.yaml"))

    def _inherited(self, name: str, *, seen: tuple[str, ...]) -> Mapping[str, Any]:
        path = self.path(f"locales/{name}.yaml")
        if name in seen or not path.is_file():
            raise SettingsError(
                f"{' → '.join((*seen, name))}: a locale inherits from one that is not there.", hint=HINT
            )
        own = mapping(path)
        parent = str(own.get("inherits", ""))
        return {**self._inherited(parent, seen=(*seen, name)), **own} if parent else own

    def locale(self, wanted: str) -> LocalePack:
        """The pack of a locale; for a language alone the first locale of it that stands on its own.

        Raises UsageError for one that nobody wrote.
        """
        if wanted in self.locales:
            return self.locales[wanted]
        tag = wanted.replace("_", "-").lower()
        by_tag = {name.lower(): pack for name, pack in self.locales.items()}
        if tag in by_tag:
            return by_tag[tag]
        spoken = [pack for pack in self.locales.values() if pack.language == tag and not pack.inherits]
        if spoken:
            return spoken[0]
        raise UsageError(f"There is no locale {wanted!r}.", hint=f"Known: {', '.join(self.locales)}.")

    @cached_property
    def _channels(self) -> Channels:
        path = self.path("channels/channels.yaml")
        return model(Channels, mapping(path), path=path)

    @cached_property
    def places(self) -> Mapping[str, Place]:
        """Every field of every channel by its name, such as "google_rsa.headline"."""
        as_of = self._channels.as_of
        return {
            f"{name}.{field}": Place(name=f"{name}.{field}", channel=channel, limit=limit, as_of=channel.as_of or as_of)
            for name, channel in self._channels.channels.items()
            for field, limit in channel.fields.items()
        }

    @property
    def channels(self) -> tuple[str, ...]:
        """The names of the channels."""
        return tuple(self._channels.channels)

    def place(self, name: str) -> Place:
        """The field of a channel; raises UsageError for one that is unknown."""
        if name not in self.places:
            raise UsageError(f"There is no channel field {name!r}.", hint=f"Known: {', '.join(self.places)}.")
        return self.places[name]

    @cached_property
    def laws(self) -> Mapping[str, CountryLaw]:
        """What each country asks for."""
        path = self.path("disclosures/countries.yaml")
        found = model(Countries, mapping(path), path=path)
        return {
            code: law.model_copy(update={"as_of": law.as_of or found.as_of}) for code, law in found.countries.items()
        }

    @cached_property
    def banned(self) -> Mapping[str, BannedTerms]:
        """Banned words by country."""
        path = self.path("disclosures/terms.yaml")
        return model(Terms, mapping(path), path=path).banned

    def programme(self, name: str) -> Programme:
        """A vendor's programme; raises UsageError for one that nobody wrote."""
        if name not in self._programmes:
            self._programmes[name] = self._programme(name)
        return self._programmes[name]

    def _programme(self, name: str) -> Programme:
        path = self.path(f"blocks/{name}/programme.yaml")
        if not path.is_file():
            known = sorted(
                {found.parent.name for root in self._roots for found in root.glob("blocks/*/programme.yaml")}
            )
            raise UsageError(f"There is no programme {name!r}.", hint=f"Known: {', '.join(known)}.")
        return model(Programme, mapping(path), path=path)

    def texts(self, programme: str) -> Mapping[str, Texts]:
        """The approved texts of a programme by locale; every slot and claim in them is known.

        Raises SettingsError that names the file and the text.
        """
        claims = self.programme(programme).claims
        found = {}
        for name in self.names(f"blocks/{programme}"):
            if name != "programme":
                path = self.path(f"blocks/{programme}/{name}.yaml")
                texts = model(Texts, mapping(path), path=path)
                found[texts.locale] = _sound(texts, claims, places=self.places, path=path)
        return found

    @cached_property
    def world_names(self) -> tuple[str, ...]:
        """Names that are the same in every language."""
        path = self.path("glossary/names.yaml")
        return model(WorldNames, mapping(path), path=path).names

    @cached_property
    def _concepts(self) -> Mapping[str, Mapping[str, Entry]]:
        path = self.path("glossary/programme.yaml")
        return model(Glossary, mapping(path), path=path).concepts

    def glossary(self, language: str, own: Mapping[str, tuple[str, ...]] = MappingProxyType({})) -> tuple[Term, ...]:
        """The words of the trade in a language that nobody has to settle any more; `own` are a market's for them."""
        said = {concept: forms[language] for concept, forms in self._concepts.items() if language in forms}
        approved = {concept: entry.approved for concept, entry in said.items() if entry.usable} | dict(own)
        return tuple(Term(concept, forms) for concept, forms in approved.items())

    @cached_property
    def disclosure_texts(self) -> Mapping[str, Mapping[str, str]]:
        """How each element of a disclosure is said, by language."""
        return {str(language): dict(texts) for language, texts in mapping(self.path(DISCLOSURE_TEXTS)).items()}

    @cached_property
    def fingerprint(self) -> str:
        """Changes with any file of the campaign data, ours or the customer's."""
        found = hashlib.sha256()
        for folder in FOLDERS:
            for root in self._roots:
                for path in sorted((root / folder).rglob("*.yaml")):
                    found.update(f"{path.relative_to(root)}\n".encode() + path.read_bytes())
        return found.hexdigest()[:16]
