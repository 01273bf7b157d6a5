"""How much of what a model makes up reaches the user: `python -m tests.hallucination`.

A scripted model answers from real passages over HTTP, telling the truth, or making up three sentences in ten, in seven
ways that share no code with the verifier. Counted is what leaves the answering side as verified.
"""

from __future__ import annotations

import argparse
import asyncio
import random
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from pydantic import SecretStr

from assistant.answering.generate import Course, Writer
from assistant.answering.verification.similarity import EmbedderSimilarity
from assistant.answering.verification.verifier import Similarity, Verifier
from assistant.domain.content import Document, Locator, Passage
from assistant.retrieval.retrieve import Question, Retrieved
from assistant.retrieval.selection import Ranked
from evals.verifier.sources import markdown
from integrations.bootstrap import build
from integrations.models import open_model
from integrations.settings import Settings
from tests.scripted_model import Mode, Script, scripted_model

ROOT = Path(__file__).parents[1]
PASSAGES = 5
REACHED_AT_MOST, SURVIVED_AT_LEAST = 0.01, 0.97


@dataclass(slots=True)
class Counts:
    """Sentences told and shown, true and made up, by kind."""

    told: Counter[str] = field(default_factory=Counter)
    shown: Counter[str] = field(default_factory=Counter)
    leaks: list[str] = field(default_factory=list)
    drops: list[str] = field(default_factory=list)

    @property
    def reached(self) -> float:
        """The share of the sentences shown that were made up."""
        return sum(n for kind, n in self.shown.items() if kind) / max(sum(self.shown.values()), 1)

    @property
    def survived(self) -> float:
        """The share of the true sentences told that were shown."""
        return self.shown[""] / max(self.told[""], 1)


def questions(folder: Path, *, source: str, count: int, documents: int) -> list[Retrieved]:
    """What retrieval would hand over: five passages of one or two documents each."""
    found: dict[str, dict[str, str]] = {}
    for each in markdown(folder, source=source, limit=documents):
        found.setdefault(each.document, {})[each.evidence[0].text] = each.evidence[0].context
    texts = [(document, text, context) for document, held in found.items() for text, context in held.items()]
    chance = random.Random(17)
    starts = chance.sample(range(max(len(texts) - PASSAGES, 1)), min(count, max(len(texts) - PASSAGES, 1)))
    return [_retrieved(texts[start : start + PASSAGES]) for start in sorted(starts)]


def _retrieved(chosen: Sequence[tuple[str, str, str]]) -> Retrieved:
    documents, ranked = {}, []
    for place, (name, text, context) in enumerate(chosen):
        title, _, heading = context.partition(" › ")
        documents[name] = Document(
            id=name, uri=f"file:///{name}", path=name, title=title, language="en", content_hash=name
        )
        passage = Passage(
            id=f"{name}#{place}",
            document_id=name,
            ordinal=place,
            heading_path=(heading,),
            text=text,
            start=0,
            end=len(text),
            locator=Locator("line", "1", "1"),
            language="en",
            scope_key="",
            tokens=len(text) // 4,
        )
        ranked.append(Ranked(passage, fused=1.0))
    question = Question("What applies here?")
    return Retrieved(question, language="en", generation=1, passages=tuple(ranked), documents=documents)


async def measured(asked: Sequence[Retrieved], *, mode: Mode, similarity: Similarity | None) -> Counts:
    """What was told and what was shown over all questions."""
    counts, script = Counts(), Script(mode=mode)
    with scripted_model(script) as url:
        model = open_model(Settings(model="openai:scripted", model_url=url, model_key=SecretStr("none")))
        writer = Writer(model=model, name="scripted", verifier=Verifier(similarity), timeout=600, patience=600)
        for retrieved in asked:
            script.told.clear()
            course = Course()
            shown = [written.text async for written in writer.write(retrieved, course)]
            if course.failure is not None:
                raise RuntimeError(f"the scripted model failed: {course.failure}")
            _count(counts, script, shown)
    return counts


def _count(counts: Counts, script: Script, shown: Sequence[str]) -> None:
    known = {"".join(c for c in each.text if c.isalnum()): each for each in script.told}
    seen = {"".join(c for c in text if c.isalnum()) for text in shown}
    for key, told in known.items():
        counts.told[told.lie] += 1
        if key in seen:
            counts.shown[told.lie] += 1
            if told.lie:
                counts.leaks.append(f"{told.lie}: {told.text}")
        elif not told.lie:
            counts.drops.append(told.text)
    if len(seen - set(known)) > len(seen) // 2:
        raise RuntimeError("what was shown cannot be matched with what was told")


def main() -> int:
    """Print both counts; 0 when the bars hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.hallucination", description=__doc__)
    parser.add_argument("--questions", type=int, default=200)
    parser.add_argument("--documents", type=int, default=300, help="documents the passages are taken from")
    parser.add_argument("--rules-only", action="store_true", help="the verifier without an embedder")
    parser.add_argument("--show", type=int, default=0, help="print this many leaks and drops")
    options = parser.parse_args()
    shared = Settings().shared or ROOT.parent / "shared"
    corpus = shared / "corpora" / "partner-center" / "en"
    folder = corpus if corpus.is_dir() else ROOT / "samples" / "content"
    asked = questions(folder, source="documentation", count=options.questions, documents=options.documents)
    similarity = None if options.rules_only else EmbedderSimilarity(build(Settings()).embedder)
    lying = asyncio.run(measured(asked, mode=Mode.HALLUCINATING, similarity=similarity))
    honest = asyncio.run(measured(asked, mode=Mode.TRUTHFUL, similarity=similarity))
    lines = [f"{len(asked)} questions on {folder.name}; made-up sentences told and shown, by kind:"]
    lines += [f"  {kind:10} {lying.told[kind]:5} {lying.shown[kind]:5}" for kind in sorted(lying.told) if kind]
    lines.append(f"  true       {lying.told['']:5} {lying.shown['']:5}")
    lines.append(f"unsupported sentences that reach the user: {lying.reached:.4f} (at most {REACHED_AT_MOST})")
    lines.append(f"sentences of a truthful model that survive: {honest.survived:.4f} (at least {SURVIVED_AT_LEAST})")
    lines += [f"leak  {each}" for each in lying.leaks[: options.show]]
    lines += [f"drop  {each}" for each in honest.drops[: options.show]]
    sys.stdout.write("\n".join(lines) + "\n")
    return 0 if lying.reached <= REACHED_AT_MOST and honest.survived >= SURVIVED_AT_LEAST else 1


if __name__ == "__main__":
    sys.exit(main())
