from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from assistant.domain.accounts import Contact
from assistant.domain.answer import AnswerStatus
from assistant.domain.approvals import Argument, Proposal, Source
from assistant.domain.gap import AskedQuestion, Asker, Feedback, RatedAnswer, Rating, Signal
from assistant.domain.people import Requester, Role
from evals.__main__ import main
from evals.gate import ExitCode
from evals.online.candidates import candidates
from evals.online.decisions import Decisions
from evals.online.masking import KnownNames, masked
from evals.online.names import names_known
from evals.questions import load_lines
from integrations.bootstrap import build
from integrations.settings import Settings
from tests.contract.prm_world import DRAFT, WORLD, by

NOW = datetime.now(UTC)
ACME = Requester("lena", role=Role.PARTNER, partner_id="acme", tier="gold")
PEOPLE = """
partners:
  - {id: acme, name: Acme Cloud GmbH, tier: gold}
staff:
  - {id: jonas, name: Jonas, role: channel_manager}
"""
JONAS = ("--as", "channel_manager:jonas")


def asked(key: str, question: str, *signals: Signal, language: str = "en") -> AskedQuestion:
    return AskedQuestion(
        answer_id=key * 8, owner="o", asker=Asker.of(ACME), question=question, language=language,
        status=AnswerStatus.DECLINED if signals else AnswerStatus.ANSWERED, confidence=0.2, generation=1, evidence="e",
        nearest=("policy",), first_at=NOW, last_at=NOW, signals=frozenset(signals),
    )  # fmt: skip


NAMES = KnownNames.of(
    partners=["acme", "Acme Cloud GmbH"],
    customers=["Nordwind Logistik GmbH", "Panadería La Estrella S.L.", "Société Lumière SAS", "Construtora Sol Ltda",
               "北都物流株式会社", "Global Widgets Inc."],
    people=[Contact(first_name="Anna", last_name="Schröder"), Contact(first_name="健太", last_name="佐藤")],
)  # fmt: skip


@pytest.mark.parametrize(
    ("language", "text", "clean"),
    [
        ("en", "Can acme cloud gmbh get 40,000 EUR for ann@acme.example?", "Can [partner] get [amount] for [e-mail]?"),
        ("de", "Bekommt Acme 1.200 € für deal-1f0c3a?", "Bekommt [partner] [amount] für [deal]?"),
        ("en", "Is www.nordwind.example protected for 90 days in 2026?", "Is [domain] protected for 90 days in 2026?"),
        ("en", "Call +49 40 123456 about the Macme tier", "Call [phone] about the Macme tier"),
        (
            "en",
            "Anna says nordwind logistik waits, and Nordwind too",
            "[person] says [customer] waits, and [customer] too",
        ),
        (
            "en",
            "Is MDF paid at Contoso Retail Ltd, as Mr. Smith says?",
            "Is MDF paid at [customer], as Mr. [person] says?",
        ),
        ("de", "Gilt das für Nordwind, wie Frau Schröder meint?", "Gilt das für [customer], wie Frau [person] meint?"),
        ("de", "Zählt die Stadtwerke Ahaus AG mit, Herr Vogel?", "Zählt die [customer] mit, Herr [person]?"),
        ("fr", "Et pour Société Lumière ? M. Dupont attend.", "Et pour [customer] ? M. [person] attend."),
        ("fr", "Quelle remise pour la Boulangerie Martin SARL ?", "Quelle remise pour la [customer] ?"),
        ("es", "¿Vale para Panadería La Estrella, Sra. Ruiz?", "¿Vale para [customer], Sra. [person]?"),
        ("pt", "Vale para a Construtora Sol e a Padaria Central Ltda?", "Vale para a [customer] e a [customer]?"),
        ("ja", "北都物流の件、佐藤様から連絡です。", "[customer]の件、[person]様から連絡です。"),
        ("ja", "株式会社みらい電機の案件を登録できますか。", "[customer]の案件を登録できますか。"),
    ],
)
def test_a_candidate_names_nobody_and_no_amount(language: str, text: str, clean: str) -> None:
    assert masked(text, NAMES, language=language, at=NOW) == clean


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "What does the Premier tier cost in Partner Center for co-sell deals under global terms?"),
        ("de", "Welche Stufe braucht der Mittelstand für den Schutz im Global-Programm?"),
        ("ja", "お客様の案件登録とパートナー様向けの割引は?"),
    ],
)
def test_a_question_about_nobody_stays_as_it_is(language: str, text: str) -> None:
    assert masked(text, NAMES, language=language, at=NOW) == text


async def test_names_are_those_of_the_records_that_the_askers_touched(service: Path) -> None:
    liaison = build(Settings())
    try:
        liaison.prm.load(WORLD, tenant=ACME.tenant)
        deal = replace(
            DRAFT, contact=Contact("a@x.example", "Anna", "Schröder"), target_close=NOW.date() + timedelta(days=60)
        )
        await liaison.prm.prm.register_deal(deal, write=by(ACME, "one"))
        told = ("customer.name", "Stadtwerke Ahaus"), ("contact.last_name", "Vogel")
        arguments = tuple(Argument(name, value, Source.SAID) for name, value in told)
        await liaison.approvals.propose(Proposal("register_deal", "{}", arguments, ACME, "t", NOW + timedelta(days=1)))
        manager = liaison.directory.requester("channel_manager:jonas")
        names = await names_known(liaison, manager, [asked("a", "?")], since=NOW - timedelta(days=1))
    finally:
        liaison.close()
    text = "Jonas: Schröder of Nordwind and Vogel of Stadtwerke Ahaus ask Acme Cloud GmbH"
    assert masked(text, names, language="en", at=NOW) == (
        "[person]: [person] of [customer] and [person] of [customer] ask [partner]"
    )


ONE = KnownNames.of(partners=["acme"])


def test_what_went_wrong_or_was_rated_is_taken_and_a_share_of_the_rest() -> None:
    fine = [asked(f"{number:08x}"[-8:], "What is the fee?") for number in range(400)]
    bad, good = asked("b", "Leasing?", Signal.DECLINED), asked("9", "Tiers?")
    rating = RatedAnswer(Feedback(good.answer_id, Rating.GOOD, comment="For acme!"), good.question, "en", 1, NOW)
    found = candidates([*fine, bad, good], [rating], names=ONE, share=0.05)
    why = {each.id: each for each in found}
    assert why[bad.answer_id].why == ("declined",)
    assert (why[good.answer_id].why, why[good.answer_id].comment) == (("rated good",), "For [partner]!")
    sampled = [each for each in found if each.why == ("sampled",)]
    assert 5 <= len(sampled) <= 40
    assert candidates([*fine, bad, good], [rating], names=ONE, share=0.05) == found, "the same sample again"
    assert candidates([bad], [], names=KnownNames(), share=1.0, decided={bad.answer_id}) == []


@pytest.fixture
def service(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installation in which a declined question waits, as somebody typed it."""
    (tmp_path / "partners.yaml").write_text(PEOPLE, encoding="utf-8")
    monkeypatch.setenv("LIAISON_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("LIAISON_PARTNERS", str(tmp_path / "partners.yaml"))
    liaison = build(Settings())
    try:
        asyncio.run(
            liaison.conversations.gaps.log(asked("a", "Does Acme get leasing for 40,000 EUR?", Signal.DECLINED))
        )
    finally:
        liaison.close()
    return tmp_path / "data"


@pytest.fixture
def run(capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str]]:
    def called(*words: str) -> tuple[int, str]:
        code = main(["candidates", *words])
        return code, capsys.readouterr().out

    return called


def test_a_person_makes_a_case_of_what_was_asked(service: Path, run: Callable[..., tuple[int, str]]) -> None:
    code, told = run("list", *JONAS)
    assert code == ExitCode.PASSED
    assert "Does [partner] get leasing for [amount]?" in " ".join(told.split())
    assert "Acme" not in told
    code, told = run("accept", "aaaa", *JONAS, "--fact", "no leasing|not leased", "--kind", "basic")
    assert (code, "accepted.jsonl" in told) == (ExitCode.PASSED, True)
    (line,) = load_lines(service / "evaluation" / "accepted.jsonl")
    assert (line.question, line.facts) == ("Does [partner] get leasing for [amount]?", ["no leasing|not leased"])
    assert (line.split, len(line.canary)) == ("dev", 36)
    assert "No candidates" in run("list", *JONAS)[1]
    assert Decisions(service / "evaluation").read()["a" * 8].by == "channel_manager:jonas"


def test_a_rejected_one_is_never_shown_again(service: Path, run: Callable[..., tuple[int, str]]) -> None:
    assert run("reject", "aaaaaaaa", *JONAS)[0] == ExitCode.PASSED
    assert "No candidates" in run("list", *JONAS)[1]
    assert not (service / "evaluation" / "accepted.jsonl").exists()
    assert run("accept", "aaaaaaaa", *JONAS, "--unanswerable")[0] == ExitCode.USAGE


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("list",), "channel managers and administrators"),
        (("list", "--as", "partner:acme"), "channel managers and administrators"),
        (("accept", "aaaa", *JONAS), "What is right is not said"),
        (("accept", "aaaa", *JONAS, "--unanswerable", "--fact", "x"), "What is right is not said"),
        (("accept", "zzzz", *JONAS, "--unanswerable"), "no candidate 'zzzz'"),
        (
            ("accept", "aaaa", *JONAS, "--question", "is leasing not a part of the programme in 2026",
             "--doc", "a.md", "--quote", "Leasing: is leasing not a part of the programme in 2026? No."),
            "copies the content",
        ),
    ],
)  # fmt: skip
def test_without_a_person_who_may_and_says_what_is_right_nothing_becomes_a_case(
    service: Path, run: Callable[..., tuple[int, str]], words: tuple[str, ...], told: str
) -> None:
    code, said = run(*words)
    assert code == ExitCode.USAGE
    assert told in said
    assert not (service / "evaluation" / "accepted.jsonl").exists()


def test_nothing_was_asked_yet(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, run: Callable[..., tuple[int, str]]
) -> None:
    (tmp_path / "partners.yaml").write_text(PEOPLE, encoding="utf-8")
    monkeypatch.setenv("LIAISON_DATA", str(tmp_path / "data"))
    monkeypatch.setenv("LIAISON_PARTNERS", str(tmp_path / "partners.yaml"))
    assert "No candidates" in run("list", *JONAS)[1]
    assert not (tmp_path / "data").exists(), "looking makes nothing"
