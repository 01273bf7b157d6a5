"""One kit in the making: each field's text composed, measured and checked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from urllib.parse import urlsplit

from assistant.campaigns.block import Block, Claim, Texts, fingerprint
from assistant.campaigns.brief import Brief
from assistant.campaigns.channel import Place, Unit
from assistant.campaigns.checks import CHECKS, findings, glossary
from assistant.campaigns.checks.number import figures
from assistant.campaigns.counters import measure
from assistant.campaigns.disclosing import Disclosure, disclose
from assistant.campaigns.finding import Finding, Severity, error
from assistant.campaigns.kit import KitField, Status
from assistant.campaigns.library import Library
from assistant.campaigns.locale_pack import LocalePack
from assistant.campaigns.rendering import Value, render, slots, written
from assistant.campaigns.segment import Backing, LinkRule, PartnerFacts, Segment, Term, bare
from assistant.campaigns.tracking import tracking
from assistant.campaigns.typography import for_sms, mended
from assistant.errors import UsageError

SMS_CHECKS = {name: check for name, check in CHECKS.items() if name != "typography"}  # plain punctuation saves parts


@dataclass(frozen=True, slots=True)
class Part:
    """One field to make: its place, its text, and the English text behind it. The disclosure has no block."""

    place: Place
    position: int = 0
    block: Block | None = None
    master: Block | None = None

    @property
    def name(self) -> str:
        """Names it within its kit."""
        return f"{self.place.name}#{self.position + 1}"


@dataclass(frozen=True)
class Work:
    """One kit in the making."""

    library: Library
    brief: Brief
    partner: PartnerFacts
    pack: LocalePack
    texts: Texts
    master: Texts
    disclosures: dict[tuple[str, str], Disclosure] = field(default_factory=dict)
    composed: dict[tuple[str, str, str], str] = field(default_factory=dict)

    @cached_property
    def country(self) -> str:
        """Where the readers are."""
        return self.brief.countries.get(self.pack.locale, self.pack.country)

    @cached_property
    def translated(self) -> bool:
        """Whether the texts are in the kit's language."""
        return self.library.locale(self.texts.locale).language == self.pack.language

    @cached_property
    def speaks(self) -> LocalePack:
        """The locale of the text itself: English for a master that waits for its translation."""
        return self.pack if self.translated else self.library.locale(self.master.locale)

    @cached_property
    def claims(self) -> Mapping[str, Claim]:
        """What the vendor lets partners say."""
        return self.library.programme(self.brief.programme).claims

    @cached_property
    def terms(self) -> tuple[Term, ...]:
        """How the kit's language says the words of the trade: as the market of its texts, else as the glossary."""
        return self.library.glossary(self.pack.language, self.texts.terms if self.translated else {})

    def parts(self) -> Iterator[Part]:
        """The fields of the brief's channels that the theme has a text for. Raises UsageError for no channel."""
        theme, source = self.texts.themes[self.brief.theme], self.master.themes[self.brief.theme]
        for channel in self.brief.channels:
            places = [place for name, place in self.library.places.items() if name.startswith(f"{channel}.")]
            if not places:
                raise UsageError(
                    f"There is no channel {channel!r}.", hint=f"Known: {', '.join(self.library.channels)}."
                )
            for place in places:
                if place.limit.legal:
                    yield Part(place)
                masters = source.get(place.name, ())
                for position, block in enumerate(theme.get(place.name, ())):
                    master = masters[min(position, len(masters) - 1)] if masters else block
                    yield Part(place, position, block, master)

    def made(self, part: Part) -> KitField:
        """The field of a part: composed, measured, checked."""
        if part.block is None or part.master is None:
            return self._legal(part.place)
        return self._field(part.place, part.block, part.master, part.position)

    def _disclosure(self, channel: str, locale: LocalePack) -> Disclosure:
        key = (channel, locale.locale)
        if key not in self.disclosures:
            self.disclosures[key] = self._disclosed(channel, locale)
        return self.disclosures[key]

    def _disclosed(self, channel: str, locale: LocalePack) -> Disclosure:
        return disclose(
            self.library.laws.get(self.country),
            channel,
            brief=self.brief,
            partner=self.partner,
            vendor=self.library.programme(self.brief.programme).vendor,
            said=self.library.disclosure_texts[locale.language],
            locale=locale,
        )

    def _legal(self, place: Place) -> KitField:
        """The footer: the disclosure in the reader's language, whatever the language of the rest."""
        found = self._disclosure(place.name.split(".")[0], self.pack)
        text = "\n".join(found.texts)
        segment = Segment(
            source=text, target=text, source_locale=self.pack, locale=self.pack, place=place, required=found.texts
        )
        checks = {name: CHECKS[name] for name in ("length", "characters", "disclosure", "channel_policy")}
        return self._made(place, text, source=text, found=(*found.findings, *findings(segment, checks)))

    def _field(self, place: Place, block: Block, master: Block, position: int) -> KitField:
        usable = [(size, text) for size, text in block.sizes() if self._fillable(text)]
        if not usable:
            lacking = error("claim", "every size of the text needs a slot that the brief does not give", "deadline")
            return self._made(place, "", found=(lacking,), block=block, position=position)
        candidates = [(size, self._compose(place, text, self.speaks)) for size, text in usable]
        limit = place.limit
        fitting = [each for each in candidates if measure(each[1], limit.unit) <= (limit.soft or limit.hard)]
        fitting = fitting or [each for each in candidates if measure(each[1], limit.unit) <= limit.hard]
        size, text = fitting[0] if fitting else candidates[-1]
        source = self._compose(place, self.english(master, size), self.library.locale(self.master.locale))
        found = self._judged(place, text, source, block)
        return self._made(place, text, source=source, variant=size, found=found, block=block, position=position)

    def english(self, master: Block, size: str) -> str:
        """The English pattern of a size, else of one that the brief can fill."""
        found = master.like(size)
        if self._fillable(found):
            return found
        return next((each for _, each in master.sizes() if self._fillable(each)), found)

    def added(self, place: Place) -> int:
        """What link, disclosure, sender and label take of a field, in its unit; of the first part for an SMS."""
        whole = self._compose(place, "x", self.pack)
        return measure(whole, Unit.CHARACTERS if place.limit.unit is Unit.PARTS else place.limit.unit) - 1

    def _fillable(self, text: str) -> bool:
        return self.brief.deadline is not None or "deadline" not in slots(text)

    @cached_property
    def _values(self) -> Mapping[str, Value]:
        values: dict[str, Value] = {"partner": self.partner.display_name}
        for claim in self.claims.values():
            values |= {name: Decimal(value) for name, value in claim.values.items()}
        return values if self.brief.deadline is None else {**values, "deadline": self.brief.deadline}

    def _compose(self, place: Place, pattern: str, locale: LocalePack) -> str:
        """The text as it is sent: set, with link and disclosure where the channel's field has them."""
        key = (place.name, pattern, locale.locale)
        if key not in self.composed:
            self.composed[key] = self._composed(place, pattern, locale)
        return self.composed[key]

    def _composed(self, place: Place, pattern: str, locale: LocalePack) -> str:
        channel = place.name.split(".")[0]
        text = mended(render(pattern, self._values, locale), locale)
        disclosure = " ".join(self._disclosure(channel, locale).texts) if "{disclosure}" in place.limit.compose else ""
        text = place.limit.compose.format(
            text=text, link=self._link(channel), disclosure=disclosure, sender=self.partner.display_name
        ).strip()
        law = self.library.laws.get(self.country)
        label = law.label(place.name) if law and locale is self.pack else ""
        text = f"{label} {text}" if label else text
        return for_sms(text) if place.limit.unit is Unit.PARTS else text

    def _link(self, channel: str) -> str:
        return f"{self.brief.url}?{'&'.join(self._parameters(channel))}"

    def _parameters(self, channel: str) -> tuple[str, ...]:
        return tracking(self.brief.partner, channel, self.brief.campaign, self.pack.locale.lower())

    def _judged(self, place: Place, text: str, source: str, block: Block) -> tuple[Finding, ...]:
        channel = place.name.split(".")[0]
        disclosure = self._disclosure(channel, self.speaks) if "{disclosure}" in place.limit.compose else Disclosure()
        law = self.library.laws.get(self.country)
        segment = Segment(
            source=source,
            target=text,
            source_locale=self.library.locale(self.master.locale),
            locale=self.speaks,
            place=place,
            names=tuple({*self.library.programme(self.brief.programme).names, self.partner.display_name}),
            glossary=self.terms if self.translated else (),
            banned=self.library.banned.get(self.country),
            backing=self._backing(block, disclosure),
            required=tuple(for_sms(each) if each not in text else each for each in disclosure.texts),
            opening=law.label(place.name) if law and self.translated else "",
            partner=self.partner,
            links=self._link_rule(channel) if "{link}" in place.limit.compose else None,
            world_names=self.library.world_names,
        )
        checks = SMS_CHECKS if place.limit.unit is Unit.PARTS else CHECKS
        return (*disclosure.findings, *self._claims(block), *self._brand(text), *findings(segment, checks))

    def _backing(self, block: Block, disclosure: Disclosure) -> Backing:
        """What may be said: numbers of the block's own claims, of the brief and of the disclosure."""
        held = [self.claims[name] for name in block.claims]
        said = " | ".join([*(self._said[name] for name in block.claims), self._said["deadline"], *disclosure.texts])
        return Backing(
            numbers=frozenset(figures(bare(said))) | frozenset(figures(self.partner.display_name)),
            phrases=tuple(words for claim in held for words in claim.phrases.get(self.speaks.language, ())),
            survey=any(claim.kind == "survey" for claim in held),
            sent=self.brief.send_on,
            expires=self.texts.expires,
            approved_source=self.texts.sources.get(self.brief.theme, ""),
            current_source=self._current_source,
        )

    @cached_property
    def _said(self) -> Mapping[str, str]:
        """The values of each claim, and the deadline, as they stand in a text."""
        values = {name: claim.values.values() for name, claim in self.claims.items()}
        said = {name: " | ".join(written(Decimal(each), self.speaks) for each in held) for name, held in values.items()}
        return {**said, "deadline": written(self.brief.deadline, self.speaks) if self.brief.deadline else ""}

    @cached_property
    def _current_source(self) -> str:
        return fingerprint(self.master.themes[self.brief.theme])

    def _link_rule(self, channel: str) -> LinkRule:
        hosts = {urlsplit(self.brief.url).hostname or "", *self.library.programme(self.brief.programme).hosts}
        for url in (self.brief.sender.unsubscribe, self.brief.sender.imprint, self.brief.sender.stop):
            hosts.add(urlsplit(url).hostname or "")
        whole = self._parameters(channel)
        single = channel != "sms"  # an SMS carries the opt-out link, too, which is not tracked
        return LinkRule(hosts=frozenset(hosts - {""}), parameters=whole if single else ())

    def _claims(self, block: Block) -> Iterator[Finding]:
        for name in block.claims:
            if not self.claims[name].holds(country=self.country, day=self.brief.send_on):
                yield error("claim", f"the claim {name} does not hold in {self.country} on {self.brief.send_on}", name)

    def _brand(self, text: str) -> Iterator[Finding]:
        programme = self.library.programme(self.brief.programme)
        for word in programme.forbidden:
            if word.casefold() in text.casefold():
                yield error("banned", f"the brand rules forbid “{word}”", word)

    def _made(
        self,
        place: Place,
        text: str,
        *,
        found: tuple[Finding, ...],
        source: str = "",
        variant: str = "",
        block: Block | None = None,
        position: int = 0,
    ) -> KitField:
        errors = [finding for finding in found if finding.severity is Severity.ERROR]
        status = Status.READY
        if errors:
            status = Status.NEEDS_CLAIM if all(each.check == "claim" for each in errors) else Status.BLOCKED
        elif not self.translated and not place.limit.legal:
            status = Status.NEEDS_TRANSLATION
        return KitField(
            place=place.name,
            position=position,
            text=text,
            source=source,
            variant=variant,
            unit=place.limit.unit,
            size=measure(text, place.limit.unit) if text else 0,
            hard=place.limit.hard,
            soft=place.limit.soft,
            claims=block.claims if block else (),
            findings=tuple(found),
            status=status,
            terms=self._spoken(source) if block else (),
        )

    def _spoken(self, source: str) -> tuple[Term, ...]:
        return tuple(glossary.said(bare(source), self.terms, self.library.locale(self.master.locale)))
