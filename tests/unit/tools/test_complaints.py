from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Iterator

import pytest
import regex

from assistant.agents.artifact import Artifact
from assistant.agents.wording import outcome_text, refusal_text
from assistant.deals import policy
from assistant.tools.complaints import COMPLAINTS, code_told, complaint
from prompts.messages import message

MOST_WORDS_OF_A_NAME = 3
LANGUAGES = ("de", "fr", "es", "pt", "ja", "it", "ar")
SLOTS = {"own": "EUR 40,000", "wanted": "50,000", "state": "active", "day": "X", "count": "2"}
SPOKEN = [message(key, "en", **SLOTS) for key in COMPLAINTS]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("told", SPOKEN)
def test_every_complaint_is_said_in_every_language_with_its_values(told: str, language: str) -> None:
    said = complaint(told, language)
    assert said != told
    assert ("EUR 40,000" in said) == ("EUR 40,000" in told)


def test_a_locked_field_is_said_with_the_state_as_people_call_it() -> None:
    told = "cannot be changed while the deal is in_review; ask only for what may change now: none"
    assert complaint(told, "en") == "cannot be changed while the deal is in review"
    assert complaint(told, "de") == "kann nicht geändert werden, solange der Deal im Stand „in Prüfung“ ist"
    assert "FOO" in complaint(told.replace("in_review", "FOO"), "de")


@pytest.mark.parametrize(
    ("told", "said"),
    [
        ("500 EUR is below the minimum of 10,000", "500 EUR liegt unter dem Mindestwert von 10.000"),
        (
            "2,000,000.50 EUR is above 1,000,000; a person decides",
            "2.000.000,50 EUR liegt über 1.000.000; ein Mensch entscheidet",
        ),
        ("DE is outside yours: AT, CH", "Deutschland gehört nicht zu Ihren Vertriebsländern: Österreich, Schweiz"),
        (
            "2026-01-02 is past; today is 2026-11-23",
            "2. Januar 2026 liegt in der Vergangenheit; heute ist der 23. November 2026",
        ),
        (
            "deals from a tender cannot be registered",
            "Deals mit der Herkunft „aus einer Ausschreibung“ können nicht registriert werden",
        ),
        (
            "your membership is ended; it must be active or pending",
            "Ihre Mitgliedschaft ist beendet; sie muss aktiv / noch nicht bestätigt sein",
        ),
    ],
)
def test_amounts_days_countries_and_codes_of_rules_are_written_as_in_the_language(told: str, said: str) -> None:
    assert complaint(told, "de") == said


def test_what_is_left_of_funds_is_written_as_in_the_language() -> None:
    left = "mdf-1: 24,000 USD until 2027-01-31, mdf-2: 1 EUR until 2027-02-01"
    told = f"no allocation covers 2,500.50 EUR on 2026-12-10; there is {left}"
    assert complaint(told, "de") == (
        "kein Budget deckt 2.500,50 EUR am 10. Dezember 2026; "
        "vorhanden: mdf-1: 24.000 USD bis 31. Januar 2027, mdf-2: 1 EUR bis 1. Februar 2027"
    )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("state", ["in_review", "active", "pending", "accepted", "rejected"])
def test_a_receipt_tells_the_state_of_what_was_written_in_words(state: str, language: str) -> None:
    told = outcome_text(Artifact("invite_partner", state="done", outcome=f"record-1 {state}"), language)
    assert "record-1 – " in told.replace("\u2068", "")
    assert not told.replace("\u2069", "").rstrip(".。").endswith(state)


def test_a_receipt_of_a_refusal_says_why_in_the_language() -> None:
    failed = Artifact("extend_deal", state="failed", outcome="Deal D-1 is won; only an active deal is extended.")
    assert "Der Deal D-1 ist im Stand „gewonnen“" in outcome_text(failed, "de")


def test_in_english_a_rule_says_what_it_says() -> None:
    told = "your membership is ended; it must be active or pending"
    assert complaint(told, "en-GB") == told
    assert complaint("XX is outside yours: AT", "en") == "XX is outside yours: Austria"


def test_every_sentence_of_the_rules_of_engagement_is_one_of_them() -> None:
    rules: tuple[Callable[..., object], ...] = (*policy.RULES.values(), policy._about)
    said = [text for rule in rules for text in _sentences(rule)]
    assert len(said) > 15
    assert [text for text in said if complaint(text, "de") == text] == []


def _sentences(rule: Callable[..., object]) -> Iterator[str]:
    """What a rule says, with X for each of its values."""
    tree = ast.parse(inspect.getsource(rule))
    inside = {id(part) for each in ast.walk(tree) if isinstance(each, ast.JoinedStr) for part in ast.walk(each)}
    for each in ast.walk(tree):
        text = ""
        if isinstance(each, ast.JoinedStr):
            text = "".join(str(part.value) if isinstance(part, ast.Constant) else "X" for part in each.values)
        elif isinstance(each, ast.Constant) and id(each) not in inside and each.value != rule.__doc__:
            text = str(each.value)
        if len(text.split()) > MOST_WORDS_OF_A_NAME:
            yield text


def test_a_refusal_names_the_field_the_reason_and_the_rule_in_the_persons_language() -> None:
    told = (
        "Not done (policy_refused): no\n"
        "- customer: there is an existing engagement with this customer (rule first-approved-wins, standard@1)\n"
        "- contact_email: is missing; ask the requester\nNext: Tell the requester."
    )
    assert refusal_text(told, "de").splitlines()[1:] == [
        "Kunde: für diesen Kunden besteht bereits eine Zusammenarbeit (Regel first-approved-wins, standard@1)",
        "E-Mail des Ansprechpartners: fehlt noch",
    ]


@pytest.mark.parametrize(
    ("path", "value", "told"),
    [
        *(("kind", "new", "Neugeschäft"), ("consumption", "false", "nein"), ("role", "delivery", "Umsetzung")),
        *(("title", "once", "once"), ("stage", "x", "x"), ("role", "x", "x")),
        *(("lost_reason", "no_budget", "kein Budget"), ("lost_reason", "x", "x")),
    ],
)
def test_codes_are_told_as_people_say_them(path: str, value: str, told: str) -> None:
    assert code_told(path, value, "de") == told


@pytest.mark.parametrize(
    ("key", "said"),
    [
        ("says_no_deal", "There is no deal EUR 40,000 that you can see."),
        ("says_no_invitation", "No such invitation waits for you."),
        ("says_unsaid", "stands in nothing you wrote"),
        ("says_lost_reason", "is required for a lost deal"),
        ("says_lost_only", "is only for a lost deal"),
        ("says_mdf", "say whether marketing funds were used (yes or no)"),
        ("says_phone", "must be an international number such as +4930123456"),
    ],
)
def test_english_speaks_to_the_person_and_not_to_a_model(key: str, said: str) -> None:
    assert complaint(message(key, "en", **SLOTS), "en") == said


@pytest.mark.parametrize("told", SPOKEN)
def test_no_complaint_in_english_holds_a_code_or_speaks_of_somebody_else(told: str) -> None:
    assert not regex.search(r"requester|_|\btrue\b|E\.164", complaint(told, "en"))


@pytest.mark.parametrize(("language", "nothing"), [("es", "ninguna"), ("de", "keines"), ("ja", "なし")])
def test_that_there_is_no_budget_is_said_in_the_language(language: str, nothing: str) -> None:
    told = complaint("no allocation covers 2,500 EUR on 2027-04-15; there is none", language)
    assert nothing in told
    assert "none" not in told
