"""Brief to kit without a model: approved blocks, the longest that fits, filled, set, checked. Nothing is invented."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from assistant.campaigns.block import Texts
from assistant.campaigns.brief import Brief
from assistant.campaigns.kit import Kit, KitField
from assistant.campaigns.library import Library
from assistant.campaigns.locale_pack import LocalePack
from assistant.campaigns.segment import PartnerFacts
from assistant.campaigns.work import Work
from assistant.errors import UsageError


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
        work = self.work(brief, partner, locale=locale)
        return self.made(work, tuple(work.made(part) for part in work.parts()))

    def work(self, brief: Brief, partner: PartnerFacts, *, locale: str) -> Work:
        """What a kit is made from. Raises UsageError for a theme or a locale that nobody wrote."""
        pack = self.library.locale(locale)
        master = self._texts[self.library.programme(self.programme).source_locale]
        if brief.theme not in master.themes:
            raise UsageError(f"There is no theme {brief.theme!r}.", hint=f"Known: {', '.join(master.themes)}.")
        return Work(self.library, brief, partner, pack, self._for(pack, brief.theme) or master, master)

    def made(self, work: Work, fields: tuple[KitField, ...]) -> Kit:
        """The kit of these fields."""
        texts, brief = self._for(work.pack, work.brief.theme), work.brief
        return Kit(
            campaign=brief.campaign,
            programme=self.programme,
            theme=brief.theme,
            locale=work.pack.locale,
            country=work.country,
            written_for=texts.locale if texts else "",
            approved_by=f"{texts.approval.by}, {texts.approval.day}" if texts else "",
            send_on=brief.send_on,
            url=brief.url,
            fields=fields,
            names=self.library.programme(self.programme).names,
        )

    def _for(self, pack: LocalePack, theme: str) -> Texts | None:
        """The texts of the locale, else of the one it inherits from."""
        wanted: str = pack.locale
        while wanted:
            if wanted in self._texts and theme in self._texts[wanted].themes:
                return self._texts[wanted]
            wanted = self.library.locale(wanted).inherits
        return None
