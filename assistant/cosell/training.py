"""Training and calibration on a history, each deal seen with what was known before its day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

import numpy as np
from numpy.typing import NDArray
from sklearn.isotonic import IsotonicRegression

from assistant.cosell.features import FEATURES, Evidence, View
from assistant.cosell.history import PastDeal, by_day
from assistant.cosell.ledger import Ledger, Numbers, Places
from assistant.cosell.model import BANDS, SITUATIONS, ScoringModel, Window, band, situation
from assistant.cosell.scatter import UNKNOWN, shapes
from assistant.errors import UsageError

OTHERS = 90  # partners without any tie to the deal that are looked at for each deal, active ones rather
NEAR = 0.25  # share of those with a tie
POOLED, OWN = (
    1.0,
    10.0,
)  # strength of the prior: of no effect for all situations together, of their common weights for each
FEWEST = 30  # deals
MOST_STEPS, SHORTEST_STEP, PRECISION = 25, 1e-3, 1e-3  # of Newton's method; the last in units of log likelihood


@dataclass(frozen=True, slots=True)
class Question:
    """A past deal as it would have been asked about: partners known by then, and who joined besides those present."""

    deal: PastDeal
    view: View
    evidence: Evidence
    row: int
    joined: Places
    sought: tuple[str, ...]

    @property
    def wanted(self) -> int:
        """How many partners are to be found."""
        return len(self.sought)

    @property
    def askable(self) -> NDArray[np.bool_]:
        """Which partners are not on the deal already."""
        free = np.ones(self.view.people, dtype=bool)
        free[self.view.present(self.deal.need)] = False
        return free


def replayed(deals: Sequence[PastDeal], *, since: date, ledger: Ledger | None = None) -> Iterator[Question]:
    """The deals from `since` on as questions, each with the ledger as it was before its day.

    A deal's `need.present` are partners on it already; the others of its partners are `sought`, of whom
    those that were known by then are `joined`. Deals that nobody known joined count too: probabilities include them.
    """
    ledger = ledger or Ledger()
    for day, same in by_day(deals):
        if day >= since and ledger.names:
            view = View(ledger, day)
            for deal in same:
                yield _question(deal, view)
        for deal in same:
            ledger.record(deal)


def _question(deal: PastDeal, view: View) -> Question:
    sought = [name for name in dict.fromkeys(deal.partners) if name not in deal.need.present]
    joined = np.array([view.ledger.place[name] for name in sought if name in view.ledger.place], dtype=np.intp)
    return Question(
        deal=deal,
        view=view,
        evidence=view.evidence(deal.need),
        row=situation(view, deal.need),
        joined=joined,
        sought=tuple(sought),
    )


@dataclass(frozen=True, slots=True)
class Sample:
    """Partners drawn for questions, question after question: features, who joined, how many partners each stands for.

    `starts` is where each question begins, `situations` the row of each question.
    """

    rows: NDArray[np.float32]
    joined: NDArray[np.bool_]
    weights: Numbers
    starts: NDArray[np.intp]
    situations: NDArray[np.intp]

    @property
    def sizes(self) -> NDArray[np.intp]:
        """How many partners each question has."""
        return np.diff(np.append(self.starts, self.joined.size))

    def of(self, situation: int) -> Sample:
        """The questions of one situation."""
        mine = self.situations == situation
        rows = np.repeat(mine, self.sizes)
        starts = np.concatenate(([0], np.cumsum(self.sizes[mine])))[:-1].astype(np.intp)
        return Sample(self.rows[rows], self.joined[rows], self.weights[rows], starts, self.situations[mine])


def sampled(questions: Iterator[Question], *, seed: int = 7) -> Sample:
    """All that joined, some of those with a tie to the deal, and a few of all others, each with its weight.

    Deals that nobody known joined tell nothing about who is likelier than whom and are left out.
    """
    dice = np.random.default_rng(seed)
    kept = [(question.row, _drawn(question, dice)) for question in questions if question.joined.size]
    if len(kept) < FEWEST:
        raise UsageError(
            f"Only {len(kept)} deals can be learnt from; {FEWEST} are needed.",
            hint="Record more closed deals with their partners.",
        )
    rows, joined, weights = (np.concatenate(column) for column in zip(*(part for _, part in kept), strict=True))
    sizes = np.array([part[1].size for _, part in kept])
    starts = np.concatenate(([0], np.cumsum(sizes)))[:-1].astype(np.intp)
    return Sample(rows, joined, weights, starts, np.array([row for row, _ in kept], dtype=np.intp))


def _drawn(question: Question, dice: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.bool_], Numbers]:
    people = question.view.people
    tied = np.zeros(people, dtype=bool)
    for item in question.evidence.sparse:
        if FEATURES[item.number] != "words":
            tied[item.places] = True
    joined = np.zeros(people, dtype=bool)
    joined[question.joined] = True
    even = np.minimum(1.0, OTHERS * (0.5 * question.view.rate + 0.5 / people))
    share = np.where(joined, 1.0, np.where(tied, np.maximum(NEAR, even), even))
    places = np.flatnonzero((dice.random(people) < share) & question.askable)
    return question.evidence.rows(places).astype(np.float32), joined[places], 1 / share[places]


def fitted(sample: Sample, *, trained: Window) -> ScoringModel:
    """The model of a sample: a conditional logit over all situations, whose weights are the prior of each one's own."""
    return ScoringModel(
        features=FEATURES,
        weights=weighed(sample, own=OWN),
        centre=tuple(np.average(sample.rows, axis=0, weights=sample.weights).tolist()),
        steps=((-30.0, 0.0), (0.0, 1.0)),
        shapes=(UNKNOWN,) * (len(BANDS) + 1),
        trained=trained,
        calibrated=trained,
    )


def weighed(sample: Sample, *, own: float) -> tuple[tuple[float, ...], ...]:
    """The weights of each situation, held near the common ones by a prior of strength `own`."""
    middle = np.average(sample.rows, axis=0, weights=sample.weights)
    spread = np.maximum(sample.rows.std(axis=0, dtype=np.float64), 1e-6)
    scaled = replace(sample, rows=((sample.rows - middle) / spread).astype(np.float32))
    common = logit(scaled, prior=np.zeros(len(FEATURES)), strength=POOLED)
    weights = []
    for row in range(len(SITUATIONS)):
        part = scaled.of(row)
        mine = logit(part, prior=common, strength=own) if part.situations.size >= FEWEST else common
        weights.append(tuple((mine / spread).tolist()))
    return tuple(weights)


def logit(sample: Sample, *, prior: Numbers, strength: float) -> Numbers:
    """The weights under which those that joined were likeliest among all that could (McFadden 1974, conditional logit).

    Partners drawn for others count by their weight. A normal prior around `prior` keeps weights from running away. By
    Newton's method, with the step halved until it gains.
    """
    weights, value, shares = prior, *_loss(sample, prior, prior=prior, strength=strength)
    for _ in range(MOST_STEPS):
        step = _step(sample, shares, weights=weights, prior=prior, strength=strength)
        size, before = 1.0, value
        while size > SHORTEST_STEP:
            tried = weights - size * step
            value, shares = _loss(sample, tried, prior=prior, strength=strength)
            if value <= before:
                weights = tried
                break
            size /= 2
        if before - value < PRECISION:
            break
    return weights


def _loss(sample: Sample, weights: Numbers, *, prior: Numbers, strength: float) -> tuple[float, Numbers]:
    """How unlikely those that joined are under weights, and each row's share of the chance of its question."""
    sizes, picks = sample.sizes, np.add.reduceat(sample.joined.astype(np.float64), sample.starts)
    scores = (sample.rows @ weights.astype(np.float32)).astype(np.float64) + np.log(sample.weights)
    top = np.maximum.reduceat(scores, sample.starts)
    raised = np.exp(scores - np.repeat(top, sizes))
    total = np.add.reduceat(raised, sample.starts)
    chosen = sample.rows[sample.joined].sum(axis=0, dtype=np.float64)
    away = weights - prior
    value = float((picks * (np.log(total) + top)).sum() - weights @ chosen + strength / 2 * away @ away)
    return value, raised / np.repeat(total, sizes)


def _step(sample: Sample, shares: Numbers, *, weights: Numbers, prior: Numbers, strength: float) -> Numbers:
    """Newton's step: the gradient of the loss through its curvature."""
    picks = np.add.reduceat(sample.joined.astype(np.float64), sample.starts)
    pulled = (shares * np.repeat(picks, sample.sizes)).astype(np.float32)
    chosen = sample.rows[sample.joined].sum(axis=0, dtype=np.float64)
    slope = (pulled @ sample.rows).astype(np.float64) - chosen + strength * (weights - prior)
    means = np.add.reduceat(sample.rows * shares.astype(np.float32)[:, None], sample.starts, axis=0)
    curve = (sample.rows * pulled[:, None]).T @ sample.rows - (means * picks[:, None].astype(np.float32)).T @ means
    found: Numbers = np.linalg.solve(curve.astype(np.float64) + strength * np.eye(weights.size), slope)
    return found


@dataclass(slots=True)
class _Seen:
    """What a calibration window showed: the highest scores of each deal, a sample of the others, sums by partner."""

    scores: list[Numbers]
    joined: list[NDArray[np.bool_]]
    weights: list[Numbers]


HIGHEST, REST = 300, 200
MOST_KEPT = 40_000_000  # scores of partners for deals, kept to judge the scatter of rates


def calibrated(model: ScoringModel, questions: Iterator[Question], *, window: Window, seed: int = 7) -> ScoringModel:
    """The model with probabilities and intervals that hold on a later window than it was trained on."""
    if window.first <= model.trained.last:
        raise UsageError(
            f"Calibration from {window.first} overlaps training until {model.trained.last}.",
            hint="Calibrate on later deals.",
        )
    dice, seen = np.random.default_rng(seed), _Seen([], [], [])
    kept: list[tuple[Numbers, NDArray[np.bool_], NDArray[np.bool_]]] = []
    earlier: NDArray[np.int64] | None = None
    for number, question in enumerate(questions):
        if earlier is None:
            earlier = question.view.counts("all").astype(np.int64)
        scores = model.scores(question.evidence, row=question.row, askable=question.askable)
        joined = np.zeros(question.view.people, dtype=bool)
        joined[question.joined] = True
        _keep(seen, scores[question.askable], joined[question.askable], dice)
        if number % (1 + window.deals * question.view.people // MOST_KEPT) == 0:
            kept.append((scores.astype(np.float32), joined, question.askable))
    if earlier is None:
        raise UsageError("There is no deal to calibrate on.", hint="Calibrate on deals of several months.")
    model = replace(model, steps=_isotonic(seen), calibrated=window)
    expected, happened = np.zeros(earlier.size), np.zeros(earlier.size)
    for scores, joined, askable in kept:
        expected += np.where(askable, model.chances(scores), 0.0)[: earlier.size]
        happened += joined[: earlier.size]
    # By the history at the start: a partner that joined many of these deals is not one of long history for that.
    return replace(model, shapes=shapes(expected, happened, band(earlier)))


def _keep(seen: _Seen, scores: Numbers, joined: NDArray[np.bool_], dice: np.random.Generator) -> None:
    order = np.argsort(-scores)
    high, rest = order[:HIGHEST], order[HIGHEST:]
    drawn = dice.choice(rest, size=min(REST, rest.size), replace=False) if rest.size else rest
    drawn = np.union1d(drawn, rest[joined[rest]])
    none = drawn[~joined[drawn]]
    heavy = max(1.0, (rest.size - joined[rest].sum()) / max(1, none.size))
    for places, weight in ((high, 1.0), (drawn[joined[drawn]], 1.0), (none, heavy)):
        seen.scores.append(scores[places])
        seen.joined.append(joined[places])
        seen.weights.append(np.full(places.size, weight))


def _isotonic(seen: _Seen) -> tuple[tuple[float, float], ...]:
    fit = IsotonicRegression(y_min=0.0, y_max=1.0)
    fit.fit(np.concatenate(seen.scores), np.concatenate(seen.joined), sample_weight=np.concatenate(seen.weights))
    return tuple(zip(fit.X_thresholds_.tolist(), fit.y_thresholds_.tolist(), strict=True))
