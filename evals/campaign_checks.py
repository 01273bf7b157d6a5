"""False alarms and recall of the campaign checks on real copy: `python -m evals.campaign_checks --folder DIR`.

DIR has Fluent files by locale (Mozilla's www-l10n). Clean pairs must pass; each fault put into them must be found, and
not less often than by translate-toolkit, which judges the same pairs and the same faults in the same run.
"""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from assistant.campaigns.checks import CHECKS, findings
from assistant.campaigns.finding import Finding, Severity
from assistant.campaigns.library import Library
from assistant.campaigns.locale_pack import LocalePack
from assistant.campaigns.segment import Segment
from evals.campaign_copy import ADDRESS, LOCALES, Pair, brands, pairs
from evals.campaign_faults import FAULTS, Fault
from evals.campaign_peer import Asked, PeerFound, judged_by_peer
from integrations.settings import Settings

ERRORS_BAR, ANY_BAR, RECALL_BAR = 0.010, 0.025, 0.98


@dataclass
class Tally:
    """What was counted: flagged clean pairs, found faults, how long a pair took; and what a peer is asked."""

    clean: int = 0
    errors: int = 0
    flagged: int = 0
    by_check: Counter[str] = field(default_factory=Counter)
    by_locale: Counter[str] = field(default_factory=Counter)
    put: Counter[str] = field(default_factory=Counter)
    found: Counter[str] = field(default_factory=Counter)
    seconds: list[float] = field(default_factory=list)
    shown: dict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    asked: list[Asked] = field(default_factory=list)


def main() -> int:
    """Print the table; 0 when every bar is reached."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--folder", type=Path, default=(Settings().shared or Path("../shared")) / "data/mozilla-www")
    parser.add_argument("--pairs", type=int, default=600, help="pairs a locale; 0 means all")
    parser.add_argument("--clean-only", action="store_true", help="false alarms alone, in a tenth of the time")
    parser.add_argument("--no-peer", action="store_true", help="without translate-toolkit, which is installed at first")
    parser.add_argument("--seed", type=int, default=8)
    parser.add_argument("--show", default="", help="a check or a fault whose false alarms or misses are printed")
    options = parser.parse_args()
    faults = {} if options.clean_only else FAULTS
    tally = measure(options.folder, count=options.pairs, seed=options.seed, faults=faults)
    peer = None if options.no_peer else judged_by_peer(tally.asked, brands(options.folder))
    for line in report(tally, peer):
        sys.stdout.write(f"{line}\n")
    shown = (line for name in options.show.split(",") for line in tally.shown.get(name, ()))
    for line in shown:
        sys.stdout.write(f"  {line}\n")
    return 0 if reached(tally, peer) else 1


def measure(folder: Path, *, count: int, seed: int, faults: Mapping[str, Fault]) -> Tally:
    """Every clean pair and every fault of it, judged."""
    library, tally, dice = Library(), Tally(), random.Random(seed)  # noqa: S311 - faults, not secrets
    english = library.locale("en-US")
    world = (*library.world_names, *brands(folder))
    for locale, name in LOCALES.items():
        packs = english, addressed(library.locale(name), ADDRESS.get(locale, "any"))
        for pair in pairs(folder, locale, count=count, seed=seed):
            segment = segment_of(pair, pair.target, packs, world)
            known = _clean(segment, pair, tally)
            faulty = {fault: target for fault, put in faults.items() if (target := put(pair, dice))}
            for fault, target in faulty.items():
                _faulty(segment_of(pair, target, packs, world), fault, tally, known=known)
            tally.asked.append(Asked(locale, pair.source, pair.target, faulty))
    return tally


def addressed(pack: LocalePack, policy: str) -> LocalePack:
    """The pack with the brand's form of address."""
    formality = pack.formality.model_copy(update={"policy": policy})
    return pack.model_copy(update={"formality": formality})


def segment_of(pair: Pair, target: str, packs: tuple[LocalePack, LocalePack], world: tuple[str, ...]) -> Segment:
    """What a check judges of a pair whose translation is `target`; `packs` are of the source's locale and its own."""
    return Segment(
        source=pair.source, target=target, source_locale=packs[0], locale=packs[1], names=pair.names, world_names=world
    )


def _clean(segment: Segment, pair: Pair, tally: Tally) -> frozenset[Finding]:
    start = time.perf_counter()
    found = findings(segment)
    tally.seconds.append(time.perf_counter() - start)
    tally.clean += 1
    tally.flagged += bool(found)
    tally.by_locale[pair.locale] += bool(found)
    tally.errors += _worst(found)
    for each in found:
        tally.by_check[f"{each.check} ({each.severity})"] += 1
        tally.shown[each.check].append(f"{pair.locale} {each.message} | {pair.source[:150]!r} | {pair.target[:150]!r}")
    return frozenset(found)


def _worst(found: Iterable[Finding]) -> bool:
    return any(each.severity is Severity.ERROR for each in found)


def _faulty(segment: Segment, fault: str, tally: Tally, *, known: frozenset[Finding]) -> None:
    tally.put[fault] += 1
    if not known.issuperset(findings(segment)):  # what is said of the clean pair, too, finds no fault
        tally.found[fault] += 1
    else:
        tally.shown[fault].append(f"{segment.locale.locale} {segment.source[:150]!r} | {segment.target[:150]!r}")


def report(tally: Tally, peer: PeerFound | None = None) -> list[str]:
    """The lines to print."""
    lines = [
        (
            f"clean pairs {tally.clean}: errors {tally.errors / tally.clean:.2%} (bar {ERRORS_BAR:.1%}), "
            f"any {tally.flagged / tally.clean:.2%} (bar {ANY_BAR:.1%})"
        ),
        f"{len(CHECKS)} checks a pair: median {statistics.median(tally.seconds) * 1000:.2f} ms",
        "by check: " + ", ".join(f"{name} {count}" for name, count in tally.by_check.most_common()),
        "by locale: " + ", ".join(f"{name} {count}" for name, count in tally.by_locale.most_common()),
    ]
    if peer is not None:
        share, alarms = sum(peer.flagged.values()) / tally.clean, Counter(peer.flagged).most_common()
        lines.append(f"translate-toolkit: any {share:.2%}; a pair: median {peer.median * 1000:.2f} ms")
        lines.append("by locale: " + ", ".join(f"{name} {count}" for name, count in alarms))
    lines.append(f"{'fault':30}{'put':>8}{'recall':>9}" + ("   translate-toolkit" if peer else ""))
    for fault, recall in recalls(tally).items():
        theirs = f"{peer.recall(fault):20.4f}" if peer else ""
        lines.append(f"{fault:30}{tally.put[fault]:8}{recall:9.4f}{theirs}")
    return lines


def recalls(tally: Tally) -> Mapping[str, float]:
    """The share of each fault that was found."""
    return {fault: tally.found[fault] / tally.put[fault] for fault in FAULTS if tally.put[fault]}


def reached(tally: Tally, peer: PeerFound | None = None) -> bool:
    """Whether false alarms are few enough and every fault is found often enough, and not less than by the peer."""
    few = tally.errors / tally.clean <= ERRORS_BAR and tally.flagged / tally.clean <= ANY_BAR
    found = recalls(tally)
    behind = [fault for fault, recall in found.items() if peer and recall < peer.recall(fault)]
    return few and not behind and min(found.values(), default=1.0) >= RECALL_BAR


if __name__ == "__main__":
    sys.exit(main())
