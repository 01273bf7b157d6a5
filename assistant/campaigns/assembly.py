"""Brief to kit without a model: approved blocks, the longest that fits, filled, set, checked. Nothing is invented."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from urllib.parse import urlencode, urlsplit

from assistant.campaigns.block import Block, Claim, Texts, fingerprint
from assistant.campaigns.brief import Brief
from assistant.campaigns.channel import Place, Unit
from assistant.campaigns.checks import CHECKS, findings
from assistant.campaigns.checks.number import figures
from assistant.campaigns.counters import measure
from assistant.campaigns.disclosing import Disclosure, disclose
from assistant.campaigns.finding import Finding, Severity, error
from assistant.campaigns.kit import Kit, KitField, Status
from assistant.campaigns.library import Library
from assistant.campaigns.locale_pack import LocalePack
from assistant.campaigns.rendering import Value, render, slots, written
from assistant.campaigns.segment import Backing, LinkRule, PartnerFacts, Segment, bare
from assistant.campaigns.typography import for_sms, mended
from assistant.errors import UsageError

SMS_CHECKS = {name: check for name, check in CHECKS.items() if name != "typography"}  # plain punctuation saves parts


@dataclass(frozen=True)
class Assembler:
    """Makes the kits of one programme from a library of campaign data."""

    library: Library
    programme: str

    @cached_property
    def _texts(self) -> Mapping[str, Texts]:
        return self.library.texts(self.programme)

    def kits(self, brief: Brief, partner: PartnerFacts) -> tuple[Kit, ...]:
        """A kit for each locale of the brief. Raises UsageError for a theme, channel or locale that nobody wrote."""
        return tuple(self.kit(brief, partner, locale=locale) for locale in brief.locales)

    def kit(self, brief: Brief, partner: PartnerFacts, *, locale: str) -> Kit:
        """The kit of one locale; the English master with a work order's status where its texts are missing."""
        pack = self.library.locale(locale)
        programme = self.library.programme(self.programme)
        master = self._texts[programme.source_locale]
        if brief.theme not in master.themes:
            raise UsageError(f"There is no theme {brief.theme!r}.", hint=f"Known: {', '.join(master.themes)}.")
        texts = self._for(pack, brief.theme)
        work = _Work(self.library, brief, partner, pack, texts or master, master)
        return Kit(
            campaign=brief.campaign,
            programme=self.programme,
            theme=brief.theme,
            locale=pack.locale,
            country=work.country,
            written_for=texts.locale if texts else "",
            approved_by=f"{texts.approval.by}, {texts.approval.day}" if texts else "",
            send_on=brief.send_on,
            url=brief.url,
            fields=tuple(work.fields()),
            names=programme.names,
        )

    def _for(self, pack: LocalePack, theme: str) -> Texts | None:
        """The texts of the locale, else of the one it inherits from."""
        wanted: str = pack.locale
        while wanted:
            if wanted in self._texts and theme in self._texts[wanted].themes:
                return self._texts[wanted]
            wanted = self.library.locale(wanted).inherits
        return None


@dataclass(frozen=True)
class _Work:
    """One kit in the making."""

    library: Library
    brief: Brief
    partner: PartnerFacts
    pack: LocalePack
    texts: Texts
    master: Texts
    disclosures: dict[tuple[str, str], Disclosure] = field(default_factory=dict)

    @cached_property
    def country(self) -> str:
        return self.brief.countries.get(self.pack.locale, self.pack.country)

    @cached_property
    def translated(self) -> bool:
        return self.library.locale(self.texts.locale).language == self.pack.language

    @cached_property
    def speaks(self) -> LocalePack:
        """The locale of the text itself: English for a master that waits for its translation."""
        return self.pack if self.translated else self.library.locale(self.master.locale)

    @cached_property
    def claims(self) -> Mapping[str, Claim]:
        return self.library.programme(self.brief.programme).claims

    def fields(self) -> Iterator[KitField]:
        theme, source = self.texts.themes[self.brief.theme], self.master.themes[self.brief.theme]
        for channel in self.brief.channels:
            places = [place for name, place in self.library.places.items() if name.startswith(f"{channel}.")]
            if not places:
                raise UsageError(
                    f"There is no channel {channel!r}.", hint=f"Known: {', '.join(self.library.channels)}."
                )
            for place in places:
                if place.limit.legal:
                    yield self._legal(place)
                for position, block in enumerate(theme.get(place.name, ())):
                    masters = source.get(place.name, ())
                    yield self._field(
                        place, block, masters[min(position, len(masters) - 1)] if masters else block, position
                    )

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
        english = master.like(size)
        if not self._fillable(english):
            english = next((each for _, each in master.sizes() if self._fillable(each)), english)
        source = self._compose(place, english, self.library.locale(self.master.locale))
        found = self._judged(place, text, source, block)
        return self._made(place, text, source=source, variant=size, found=found, block=block, position=position)

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
        pairs = {
            "utm_source": self.brief.partner,
            "utm_medium": channel,
            "utm_campaign": self.brief.campaign,
            "utm_content": self.pack.locale.lower(),
        }
        return tuple(urlencode({key: value}) for key, value in pairs.items())

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
        values: list[Value] = [Decimal(value) for claim in held for value in claim.values.values()]
        if self.brief.deadline is not None:
            values.append(self.brief.deadline)
        said = " | ".join([*(written(value, self.speaks) for value in values), *disclosure.texts])
        theme = self.master.themes[self.brief.theme]
        return Backing(
            numbers=frozenset(figures(bare(said))) | frozenset(figures(self.partner.display_name)),
            phrases=tuple(words for claim in held for words in claim.phrases.get(self.speaks.language, ())),
            survey=any(claim.kind == "survey" for claim in held),
            sent=self.brief.send_on,
            expires=self.texts.expires,
            approved_source=self.texts.sources.get(self.brief.theme, ""),
            current_source=fingerprint(theme),
        )

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
        )
