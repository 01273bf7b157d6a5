"""How well unsupported sentences are caught and true ones kept: `python -m evals.verifier`.

Sentences of documentation, samples, Wikipedia and people's answers, as they stand, reworded, and edited to be untrue;
next to our verifier plain embedding similarity and trusting every citation. Thresholds come from the dev part only.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence

from rich.console import Console

from assistant.answering.verification.similarity import EmbedderSimilarity
from assistant.answering.verification.verifier import Verifier
from assistant.errors import LiaisonError, SettingsError
from evals.verifier.confirmation import confirmed
from evals.verifier.judges import cosine, texts_of, threshold
from evals.verifier.pair import Pair
from evals.verifier.pairs import Size, grounded, labelled
from evals.verifier.ratings import ratings
from evals.verifier.report import Judged, missed, table
from evals.workbench import ROOT
from integrations.bootstrap import build
from integrations.settings import Settings

BARS = {"number": 0.90, "entity": 0.90, "negation": 0.90}
DROPPED_AT_MOST = 0.05
console = Console(highlight=False, width=None if sys.stdout.isatty() else 120)


def main(words: Sequence[str] | None = None) -> int:
    """Print the tables; 0 when the bars hold on the held-out part, 1 when not, 3 when the data is absent."""
    options = _parser().parse_args(words)
    try:
        return _run(options)
    except LiaisonError as error:
        console.print(f"[red]{error}[/]", soft_wrap=True)
        return 3


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m evals.verifier", description=__doc__)
    parser.add_argument("--part", choices=("train", "dev", "held-out"), default="held-out", help="by document")
    parser.add_argument(
        "--pairs", type=int, default=Size().pairs, help="of one kind from one source (default: %(default)s)"
    )
    parser.add_argument(
        "--documents", type=int, default=Size().documents, help="read of a source (default: %(default)s)"
    )
    parser.add_argument("--rules-only", action="store_true", help="no embedder: quick, without the comparison")
    parser.add_argument("--ratings", action="store_true", help="also rank MTRAG's human-rated responses")
    parser.add_argument("--confirm", action="store_true", help="also rank the sentences by grounding scores")
    parser.add_argument("--errors", type=int, default=0, help="print this many mistakes of a kind; not of held-out")
    return parser


def _run(options: argparse.Namespace) -> int:
    settings = Settings()
    shared = settings.shared or ROOT.parent / "shared"
    if not (shared / "data" / "clapnq").is_dir():
        raise SettingsError(f"The shared data is not in {shared}.", hint="Set LIAISON_SHARED to its folder.")
    similarity = None if options.rules_only else EmbedderSimilarity(build(settings).embedder)
    size = Size(documents=options.documents, pairs=options.pairs)
    parts = {options.part} if similarity is None else {options.part, "dev"}
    pairs = [p for p in labelled(grounded(shared, ROOT / "samples" / "content", size), size) if p.part in parts]
    close = _closeness(pairs, similarity) if similarity else {}
    judged = _judged([p for p in pairs if p.part == options.part], Verifier(similarity), close)
    console.print(table(judged, part=options.part))
    if options.errors and options.part != "held-out":
        missed(judged, console, limit=options.errors)
    if options.ratings and similarity:
        console.print(ratings(shared / "data" / "mtrag", similarity))
    if options.confirm and similarity:
        console.print(confirmed([j.pair for j in judged], similarity))
    return _verdict(judged)


def _closeness(pairs: Sequence[Pair], similarity: EmbedderSimilarity) -> dict[int, bool]:
    """Plain similarity, by id of the pair: supported from the cosine up that drops 5 % of dev's true sentences."""
    similarity.remember(text for p in pairs for text in (p.sentence, *texts_of(p.grounded.evidence)))
    scores = {id(p): cosine(similarity, p.sentence, p.grounded.evidence) for p in pairs}
    limit = threshold([(p, scores[id(p)]) for p in pairs if p.grounded.language == "en"])
    console.print(f"Embedding similarity: supported from cosine {limit:.3f} (5 % of dev's true sentences below).")
    return {key: score >= limit for key, score in scores.items()}


def _judged(pairs: Sequence[Pair], verifier: Verifier, close: dict[int, bool]) -> list[Judged]:
    judged = []
    start = time.perf_counter()
    for pair in pairs:
        verdict = verifier.verify(pair.sentence, pair.grounded.evidence, language=pair.grounded.language)
        judged.append(Judged(pair, verdict, close.get(id(pair))))
    spent = (time.perf_counter() - start) / max(len(pairs), 1) * 1000
    console.print(f"{len(pairs)} sentences, {spent:.1f} ms each.")
    return judged


def _verdict(judged: Sequence[Judged]) -> int:
    true = [j for j in judged if j.pair.supported and j.pair.grounded.language == "en"]
    dropped = sum(not j.verdict.supported for j in true) / max(len(true), 1)
    short = (
        [f"{dropped:.3f} of true sentences dropped (at most {DROPPED_AT_MOST})"] if dropped > DROPPED_AT_MOST else []
    )
    for kind, bar in BARS.items():
        of = [j for j in judged if j.pair.kind == kind and j.pair.grounded.language == "en"]
        caught = sum(not j.verdict.supported for j in of) / max(len(of), 1)
        if caught < bar:
            short.append(f"{kind}: {caught:.3f} caught (at least {bar})")
    console.print(f"{dropped:.3f} of all {len(true)} true English sentences dropped.")
    console.print("Bars held." if not short else "Missed: " + "; ".join(short) + ".")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
