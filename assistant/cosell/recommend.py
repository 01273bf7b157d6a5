"""Who should work a deal with its partners, why, how sure that is, and who cannot: for channel managers."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property

import numpy as np

from assistant.cosell.drift import drifted
from assistant.cosell.eligibility import Circumstances, Exclusion, Policy, exclusion, uncertified
from assistant.cosell.features import Evidence, View
from assistant.cosell.history import Need
from assistant.cosell.keeping import DRAWN_FROM, NEWER, Exposing, Kept, drawn, propensities
from assistant.cosell.ledger import Ledger, Numbers
from assistant.cosell.lookalike import LookAlike, alike
from assistant.cosell.model import ScoringModel, situation
from assistant.cosell.reasons import Reason, reasons
from assistant.cosell.register import Register
from assistant.cosell.wins import WinRate, WinRecord
from assistant.domain.exposure import Choice
from assistant.domain.partners import Certification, Partner
from assistant.errors import RecordNotFound

STALE_DAYS = 180
SAME_FOR_ALL = frozenset({"together_none", "unknown"})
USUAL, NOTHING_KEPT = Exposing(), Kept()
Certificates = Callable[[str], Awaitable[tuple[Certification, ...]]]


@dataclass(frozen=True, slots=True)
class Recommended:
    """A partner that may work the deal. `score` is `start` plus the points of all reasons.

    `chance` is P(engages), calibrated, with its 90 % interval; `win` is an association. `rank_without` is its rank
    without its weightiest supporting reason. `reserved` says that it has a place kept for newer partners, which it
    got with the probability `propensity`.
    """

    partner: Partner
    rank: int
    score: float
    start: float
    chance: float
    low: float
    high: float
    deals: int
    win: WinRate
    reasons: tuple[Reason, ...]
    lookalikes: tuple[LookAlike, ...]
    rank_without: int
    reserved: bool = False
    propensity: float = 1.0

    @property
    def counter(self) -> Reason | None:
        """The strongest fact that speaks against it, rather than against everybody alike."""
        against = [reason for reason in self.reasons if reason.points < 0 and reason.kind not in SAME_FOR_ALL]
        return min(against, key=lambda reason: reason.points) if against else None

    @property
    def sufficient(self) -> bool:
        """Whether its own record says anything of it; else its numbers are those of partners without a record."""
        return self.deals > 0


@dataclass(frozen=True, slots=True)
class Recommendation:
    """The ranked partners of a need, who is excluded and by which rule, and how far the model can be trusted.

    `considered` are all partners of the programme, `scored` those that every rule but the certificate lets through.
    `stale`: the model has seen no deal for long. `drifted`: the kinds of traits by which deals since then differ.
    """

    need: Need
    ranked: tuple[Recommended, ...]
    excluded: tuple[Exclusion, ...]
    considered: int
    scored: int
    trained_until: date
    stale: bool
    model: str
    drifted: tuple[str, ...]
    kept: Kept


class Recommender:
    """Recommendations over one register as of one day, by one model."""

    def __init__(self, register: Register, model: ScoringModel, *, day: date, policy: Policy | None = None) -> None:
        self.register, self.model, self.day = register, model, day
        self.policy = policy or Policy()
        ledger = Ledger(sorted(register.partners))
        self.past = {deal.id: deal for deal in register.past(before=day)}
        for deal in self.past.values():
            ledger.record(deal)
        self.view = View(ledger, day)
        groups = {item.id: f"{item.tier} {item.kind}" for item in register.partners.values()}
        self.wins = WinRecord(register.closed(before=day), groups=groups)

    def ranking(self, need: Need) -> Ranking:
        """Everybody's score for a need, and who is excluded by every rule but the certificate."""
        case = self._case(need)
        partners, out = self.register.partners, dict[str, Exclusion]()
        for partner in partners.values():
            found = exclusion(partner, case, self.policy)
            if found is not None:
                out[partner.id] = found
        evidence, row = self.view.evidence(need), situation(self.view, need)
        points, names = self.model.points(evidence, row=row), self.view.ledger.names
        askable = np.array([name not in need.present for name in names], dtype=bool)
        start = self.model.start(points, askable=askable)
        known = np.array([name in partners and name not in out for name in names], dtype=bool)
        masked = np.where(known, points + start, -np.inf)
        order = [int(place) for place in np.argsort(-masked, kind="stable") if known[place]]
        return Ranking(need, case, evidence, row, start, masked, tuple(order), tuple(out.values()))

    async def recommend(
        self, need: Need, *, certificates: Certificates, limit: int = 10, exposing: Exposing = USUAL
    ) -> Recommendation:
        """The first `limit` partners; places kept for newer partners are the last ones if need be."""
        ranking = self.ranking(need)
        chosen: list[int] = []
        spare: list[int] = []
        out = list(ranking.excluded)
        slots = exposing.of(limit)
        most = slots - 1 + DRAWN_FROM if slots else 0
        for place in ranking.order:
            if len(chosen) >= limit and len(spare) >= most:
                break
            if len(chosen) >= limit and self.deals(place) >= NEWER:
                continue
            name = self.view.ledger.names[place]
            barred = uncertified(name, await certificates(name), ranking.case, self.policy)
            if barred is not None:
                out.append(barred)
            else:
                (chosen if len(chosen) < limit else spare).append(place)
        kept = self._keep(ranking, chosen, spare, exposing=replace(exposing, places=slots))
        return Recommendation(
            need=need,
            ranked=tuple(self._told(ranking, place, kept=kept) for place in chosen),
            excluded=tuple(out),
            considered=len(self.register.partners),
            scored=len(ranking.order),
            trained_until=self.model.calibrated.last,
            stale=(self.day - self.model.calibrated.last).days > STALE_DAYS,
            model=self.fingerprint,
            drifted=self.drifted,
            kept=kept,
        )

    async def explain(self, need: Need, partner_id: str, *, certificates: Certificates) -> Recommended | Exclusion:
        """Why a partner stands where it does, or the rule that excludes it. Raises RecordNotFound."""
        if partner_id not in self.register.partners:
            raise RecordNotFound(f"There is no partner {partner_id!r}.")
        ranking = self.ranking(need)
        barred = next((item for item in ranking.excluded if item.partner_id == partner_id), None)
        barred = barred or uncertified(partner_id, await certificates(partner_id), ranking.case, self.policy)
        return barred or self._told(ranking, self.view.ledger.place[partner_id])

    def deals(self, place: int) -> int:
        """How many earlier deals a partner has on record."""
        return int((self.view.ledger.events("all").partners == place).sum())

    @cached_property
    def drifted(self) -> tuple[str, ...]:
        """The kinds of traits by which deals differ from those that the model was made from."""
        return drifted(self.past.values(), first=self.model.trained.first, last=self.model.calibrated.last)

    @cached_property
    def fingerprint(self) -> str:
        """Tells models apart in the log."""
        told = repr((self.model.weights, self.model.centre, self.model.steps))
        return hashlib.blake2b(told.encode(), digest_size=6).hexdigest()

    def _keep(self, ranking: Ranking, chosen: list[int], spare: list[int], *, exposing: Exposing) -> Kept:
        """Put newer partners in the last places of `chosen` until as many are shown as places are kept.

        The best ones get all places but the last, which is drawn.
        """
        places, names = exposing.places or 0, self.view.ledger.names
        missing = places - sum(self.deals(place) < NEWER for place in chosen)
        if missing <= 0 or not spare:
            return Kept(places)
        certain, options = spare[: missing - 1], spare[missing - 1 : missing - 1 + DRAWN_FROM]
        chances = propensities(len(options), explore=exposing.explore) if options else ()
        given, choices = certain, tuple[Choice, ...]()
        if options:
            given = [*certain, options[drawn(chances, by=self._lot(ranking.need))]]
            choices = tuple(
                Choice(names[place], chance, self._chance(ranking, place))
                for place, chance in zip(options, chances, strict=True)
            )
        displaced = chosen[-len(given) :]
        chosen[-len(given) :] = given
        cost = sum(self._chance(ranking, place) for place in displaced)
        cost -= sum(self._chance(ranking, place) for place in given)
        return Kept(places, tuple(names[p] for p in given), tuple(names[p] for p in displaced), cost, choices)

    def _lot(self, need: Need) -> str:
        return repr((need.day, need.account, need.traits, sorted(need.words), need.present, self.fingerprint))

    def _chance(self, ranking: Ranking, place: int) -> float:
        return float(self.model.chances(np.array([ranking.scores[place]]))[0])

    def _case(self, need: Need) -> Circumstances:
        found = dict(trait.split(":", 1) for trait in need.traits)
        return Circumstances(
            day=self.day,
            country=found.get("country", ""),
            product=found.get("product", ""),
            account_id=need.account,
            present=frozenset(need.present),
            protected=self.register.protected,
        )

    def _told(self, ranking: Ranking, place: int, *, kept: Kept = NOTHING_KEPT) -> Recommended:
        name, need = self.view.ledger.names[place], ranking.need
        score, deals = float(ranking.scores[place]), self.deals(place)
        parts = self.model.contributions(ranking.evidence, np.array([place]), row=ranking.row)[0]
        told = reasons(self.view, need, place, parts)
        chance = self._chance(ranking, place)
        low, high = self.model.interval(chance, deals=deals)
        best = max((reason.points for reason in told), default=0.0)
        win = self.wins.rate(name, product=ranking.case.product)
        return Recommended(
            partner=self.register.partners[name],
            rank=ranking.rank(score),
            score=score,
            start=score - float(parts.sum()),
            chance=chance,
            low=low,
            high=high,
            deals=deals,
            win=win,
            reasons=told,
            lookalikes=alike(need, name, self.past),
            rank_without=ranking.rank(score - max(0.0, best)) - (best > 0),  # its own score is ahead of it then
            reserved=name in kept.given,
            propensity=next((item.propensity for item in kept.choices if item.partner_id == name), 1.0),
        )


@dataclass(frozen=True, slots=True)
class Ranking:
    """Everybody's score for a need; -inf for whom a rule excludes. `order` has the others, best first."""

    need: Need
    case: Circumstances
    evidence: Evidence
    row: int
    start: float
    scores: Numbers
    order: tuple[int, ...]
    excluded: tuple[Exclusion, ...]

    def rank(self, score: float) -> int:
        """The rank of a score, 1 for the best, among the partners that are not excluded."""
        return 1 + int((self.scores > score).sum())
