"""How well company names are matched: precision, recall and F1 on labelled pairs, beside rapidfuzz and TF-IDF.

python -m evals.company_names --folder DIR

DIR holds source.csv and target.csv (id,name,iso3,city,address) and matches.csv (id_s,id_t).
"""

from __future__ import annotations

import argparse
import csv
import random
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from rapidfuzz import fuzz, process
from sklearn.feature_extraction.text import TfidfVectorizer

from assistant.deals.identity import Identity, identity_of, strong_keys, weak_keys
from assistant.deals.matching import LIKELY, match
from assistant.domain.accounts import Customer

Guess = tuple[float, str]
SEED, REMOVED, FOLDS = 7, 0.3, 5


@dataclass(frozen=True, slots=True)
class Labelled:
    """Two lists of companies and which of the first is which of the second; "" when it is not there."""

    sources: dict[str, Customer]
    targets: dict[str, Customer]
    truth: dict[str, str]


@dataclass(frozen=True, slots=True)
class Score:
    """How many of the guesses are right and how many matches were found."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Their harmonic mean."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def read(folder: Path) -> Labelled:
    """The labelled pairs, with the true target of 30 % of the sources taken away so that some have no match."""
    sources, targets = (_customers(folder / name) for name in ("source.csv", "target.csv"))
    with (folder / "matches.csv").open(encoding="utf-8-sig") as lines:
        truth = {row["id_s"]: row["id_t"] for row in csv.DictReader(lines)}
    gone = set(random.Random(SEED).sample(sorted(truth), int(REMOVED * len(truth))))  # noqa: S311 - a repeatable sample
    kept = {key: value for key, value in targets.items() if key not in {truth[source] for source in gone}}
    return Labelled(
        sources=sources, targets=kept, truth={key: "" if key in gone else value for key, value in truth.items()}
    )


def _customers(path: Path) -> dict[str, Customer]:
    with path.open(encoding="utf-8-sig") as lines:
        return {
            row["id"]: Customer(name=row["name"], country=row["iso3"], city=row["city"], street=row["address"])
            for row in csv.DictReader(lines)
        }


def by_identity(data: Labelled, *, place: bool) -> dict[str, Guess]:
    """The best target of every source by our matcher, found through its keys; `place` uses city and street too."""
    bare: Callable[[Identity], Identity] = lambda identity: replace(identity, city="", street="")  # noqa: E731
    seen = (lambda identity: identity) if place else bare
    targets = {key: seen(identity_of(customer)) for key, customer in data.targets.items()}
    index: dict[str, list[str]] = defaultdict(list)
    for target, identity in targets.items():
        for key in (*strong_keys(identity), *weak_keys(identity)):
            index[key].append(target)
    guesses = {}
    for source in data.truth:
        mine = seen(identity_of(data.sources[source]))
        candidates = {target for key in (*strong_keys(mine), *weak_keys(mine)) for target in index.get(key, ())}
        matches = ((match(mine, targets[target]), target) for target in sorted(candidates))
        guesses[source] = max(((found.score, target) for found, target in matches if found), default=(0.0, ""))
    return guesses


def by_rapidfuzz(data: Labelled, scorer: Callable[..., float]) -> dict[str, Guess]:
    """The best target of the same country by one of rapidfuzz's own scorers over lower-case names."""
    countries: dict[str, dict[str, str]] = defaultdict(dict)
    for key, customer in data.targets.items():
        countries[customer.country][key] = customer.name.lower()
    guesses = {}
    for source in data.truth:
        customer = data.sources[source]
        best = process.extractOne(customer.name.lower(), countries[customer.country], scorer=scorer)
        guesses[source] = (best[1] / 100, best[2]) if best else (0.0, "")
    return guesses


def by_tfidf(data: Labelled) -> dict[str, Guess]:
    """The best target of the same country by cosine over TF-IDF of letters, two to four at a time, within words."""
    countries: dict[str, list[str]] = defaultdict(list)
    for key, customer in data.targets.items():
        countries[customer.country].append(key)
    vectors = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True)
    vectors.fit([customer.name.lower() for customer in (*data.targets.values(), *data.sources.values())])
    matrices = {
        country: vectors.transform([data.targets[key].name.lower() for key in keys])
        for country, keys in countries.items()
    }
    guesses = {}
    for source in data.truth:
        customer = data.sources[source]
        keys = countries.get(customer.country)
        if not keys:
            guesses[source] = (0.0, "")
            continue
        alike = (matrices[customer.country] @ vectors.transform([customer.name.lower()]).T).toarray().ravel()
        guesses[source] = (float(alike.max()), keys[int(alike.argmax())])
    return guesses


def score(data: Labelled, guesses: dict[str, Guess], *, threshold: float, of: Sequence[str]) -> Score:
    """Precision and recall of the guesses at or above the threshold."""
    made = {source: guesses[source][1] for source in of if guesses[source][0] >= threshold and guesses[source][1]}
    right = sum(data.truth[source] == target for source, target in made.items())
    findable = sum(bool(data.truth[source]) for source in of)
    return Score(precision=right / len(made) if made else 1.0, recall=right / findable if findable else 1.0)


def best_threshold(data: Labelled, guesses: dict[str, Guess], *, of: Sequence[str]) -> float:
    """The threshold with the highest F1 on these sources."""
    steps = [step / 100 for step in range(40, 101)]
    return max(steps, key=lambda step: score(data, guesses, threshold=step, of=of).f1)


def cross_validated(data: Labelled, guesses: dict[str, Guess]) -> Score:
    """The mean score over five folds, each with the threshold that is best on the other four."""
    order = sorted(data.truth)
    random.Random(SEED).shuffle(order)  # noqa: S311 - a repeatable order
    scores = []
    for fold in range(FOLDS):
        held, rest = order[fold::FOLDS], [source for place, source in enumerate(order) if place % FOLDS != fold]
        scores.append(score(data, guesses, threshold=best_threshold(data, guesses, of=rest), of=held))
    return Score(
        precision=sum(item.precision for item in scores) / FOLDS, recall=sum(item.recall for item in scores) / FOLDS
    )


def report(folder: Path) -> str:
    """The table of all matchers, thresholds chosen by cross-validation, and ours at the threshold that ships."""
    data, start = read(folder), time.process_time()
    ours = by_identity(data, place=True)
    took = time.process_time() - start
    names_only = by_identity(data, place=False)
    rows = {"identity (name, country, city, street)": ours, "identity (name, country)": names_only}
    rows |= {
        f"rapidfuzz {scorer.__name__}": by_rapidfuzz(data, scorer)
        for scorer in (fuzz.WRatio, fuzz.token_set_ratio, fuzz.token_sort_ratio, fuzz.ratio)
    }
    rows["TF-IDF of letters"] = by_tfidf(data)
    scores = {name: cross_validated(data, guesses) for name, guesses in rows.items()}
    shipped = score(data, ours, threshold=LIKELY, of=sorted(data.truth))
    scores[f"identity at the shipped threshold {LIKELY}"] = shipped
    head = f"{'matcher':44} precision  recall      F1   (sources: {len(data.truth)}, targets: {len(data.targets)})"
    lines = [f"{name:44} {item.precision:9.4f} {item.recall:7.4f} {item.f1:7.4f}" for name, item in scores.items()]
    return "\n".join([head, *lines, f"identity (name, country, city, street) took {took:.1f} s of one processor"])


def main() -> None:
    """Print the report."""
    parser = argparse.ArgumentParser(prog="python -m evals.company_names", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True)
    sys.stdout.write(report(parser.parse_args().folder) + "\n")


if __name__ == "__main__":
    main()
