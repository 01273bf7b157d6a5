"""A gap as one reader may see it. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from assistant.domain.content import Document
from assistant.domain.gap import AskedQuestion, Gap, GapRecord, NearContent, Tally

WORDINGS = 5
OTHER = "other"


def gap_view(
    gap: GapRecord,
    members: Sequence[AskedQuestion],
    *,
    documents: Mapping[str, Document],
    minimum_partners: int,
) -> Gap:
    """The gap of these questions; `documents` are those that the reader may see, others are not mentioned.

    A tier or region that fewer than `minimum_partners` partners share is counted under "other", and the number of
    partners itself is 0 below that, so that nobody is recognised by being the only one of their kind.
    """
    wordings: Counter[str] = Counter()
    signals: Counter[str] = Counter()
    for member in members:
        wordings[member.question] += member.times
        signals.update({signal.value: member.times for signal in member.signals})
    ranked = [question for question, _ in sorted(wordings.items(), key=lambda pair: (-pair[1], pair[0]))]
    partners = {m.asker.partner_id for m in members if m.asker.partner_id}
    return Gap(
        id=gap.id,
        question=ranked[0],
        language=gap.language,
        count=sum(wordings.values()),
        partners=len(partners) if len(partners) >= minimum_partners else 0,
        tiers=_shared(((m.asker.partner_id, m.asker.tier) for m in members), minimum_partners),
        regions=_shared(((m.asker.partner_id, r) for m in members for r in m.asker.regions), minimum_partners),
        signals=tuple(Tally(name, count) for name, count in sorted(signals.items(), key=lambda p: (-p[1], p[0]))),
        nearest=_known(gap.nearest or tuple(key for m in members for key in m.nearest), documents),
        answered_in=_known(gap.answered_in, documents),
        wordings=tuple(ranked[:WORDINGS]),
        first_asked=min(m.first_at for m in members),
        last_asked=max(m.last_at for m in members),
        status=gap.status,
        changed_at=gap.changed_at,
    )


def _shared(pairs: Iterable[tuple[str, str]], minimum: int) -> tuple[Tally, ...]:
    """Values by how many partners share them; partners of rarer ones are counted together, if they are enough."""
    partners: dict[str, set[str]] = {}
    for partner, value in pairs:
        if partner and value:
            partners.setdefault(value, set()).add(partner)
    shown = [Tally(value, len(who)) for value, who in partners.items() if len(who) >= minimum]
    rest = {partner for who in partners.values() if len(who) < minimum for partner in who}
    shown.sort(key=lambda tally: (-tally.count, tally.name))
    return (*shown, Tally(OTHER, len(rest))) if len(rest) >= minimum else tuple(shown)


def _known(ids: Sequence[str], documents: Mapping[str, Document]) -> tuple[NearContent, ...]:
    found = [documents[key] for key in dict.fromkeys(ids) if key in documents]
    return tuple(NearContent(document_id=d.id, title=d.title, link=d.uri) for d in found[:3])
