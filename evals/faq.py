"""FAQ answers indexed without their questions: the hardest thing to find by words."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from assistant.domain.people import ANONYMOUS
from evals.case import Case, GoldSpan, Observation
from evals.collect import Collected, collect
from evals.questions import worded_in_english
from evals.target import Arm
from evals.workbench import Workbench

ENGLISH = "data/partner-faq/pcfaq_en.json"
ACROSS = {lang: f"data/partner-faq/pcfaq_{lang}_en.json" for lang in ("de", "es", "fr", "ja", "pt")}


class BeirFile(BaseModel):
    """A retrieval set in one file: texts, questions and which text answers which question, by id."""

    model_config = ConfigDict(extra="ignore")

    corpus: dict[str, str]
    queries: dict[str, str]
    qrels: dict[str, dict[str, int]]


async def collect_faq(bench: Workbench) -> Collected:
    """English questions through each arm and their fusion."""
    return await _collect(bench, {"en": ENGLISH})


async def collect_faq_across_languages(bench: Workbench) -> Collected:
    """Questions in other languages against the English answers, through each arm and their fusion.

    Beside them the English questions that the same answers answer, as many times as they are asked in the others.
    """
    return await _collect(bench, ACROSS, beside=ENGLISH)


async def _collect(bench: Workbench, files: dict[str, str], *, beside: str = "") -> Collected:
    sets = {lang: _load(bench.inputs.shared_file(path)) for lang, path in files.items()}
    answers = next(iter(sets.values())).corpus
    names = {key: f"answer-{number:04d}.md" for number, key in enumerate(sorted(answers))}
    folder = bench.indexes / "faq-answers"
    write_texts({names[key]: text for key, text in answers.items()}, folder)
    target = await bench.target(folder)

    async def observe(case: Case) -> Observation:
        arm = Arm(case.id.split("@")[1])
        passages = await target.retrieve(case.question, requester=ANONYMOUS, arm=arm)
        return Observation(case_id=case.id, passages=tuple(passages))

    cases = [case for lang, file in sets.items() for arm in Arm for case in _cases(file, names, lang, arm)]
    if beside:
        english = _load(bench.inputs.shared_file(beside))
        worded = {names[doc]: english.queries[key] for key, found in english.qrels.items() for doc in found}
        fused = [case for case in cases if case.id.endswith(f"@{Arm.FUSED}") and case.gold[0].doc in worded]
        cases += [worded_in_english(case, worded[case.gold[0].doc]) for case in fused]
    return await collect(cases, observe)


def _load(path: Path) -> BeirFile:
    return BeirFile.model_validate_json(path.read_bytes())


def _cases(file: BeirFile, names: dict[str, str], lang: str, arm: Arm) -> Iterable[Case]:
    shipped = ("all", f"lang:{lang}") if arm is Arm.FUSED else ()
    for key, question in file.queries.items():
        yield Case(
            id=f"{lang}/{key}@{arm}",
            question=question,
            language=lang,
            kind="faq",
            gold=tuple(GoldSpan(doc=names[doc], quote="") for doc, grade in file.qrels[key].items() if grade > 0),
            slices=(*shipped, f"arm:{arm}"),
        )


def write_texts(texts: dict[str, str], folder: Path) -> None:
    """Make the folder hold exactly these files; the names say nothing about the content."""
    folder.mkdir(parents=True, exist_ok=True)
    for stale in set(folder.iterdir()) - {folder / name for name in texts}:
        stale.unlink()
    for name, text in texts.items():
        path = folder / name
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")
