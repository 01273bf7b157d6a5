from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assistant.answering.verification.evidence import Evidence
from assistant.answering.verification.verdict import Trap, Verdict
from assistant.answering.verification.verifier import Verifier

PASSAGE = (
    "Gold partners get a 20% discount on Contoso Keep and silver partners get 10%. "
    "A registered deal is protected for 90 days. "
    "You must register the deal before October 1, 2023, unless the customer is in the public sector. "
    "Partners can't combine discounts. Some partners may extend protection by up to 30 days. "
    "Only administrators approve an extension. Claims are paid within fifteen business days.\n\n"
    "| Tier | Rebate |\n|---|---|\n| Gold | 8 % |\n| Silver | 4 % |\n"
)
TRUE = [
    "Gold partners receive a discount of twenty percent.",
    "Registered deals are protected for 90 days.",
    "You need to register the deal before 2023-10-01 unless the customer is in the public sector.",
    "Unless the customer is in the public sector, you must register the deal before 1 October 2023.",
    "Partners cannot combine discounts.",
    "Discounts can not be combined by partners.",
    "Claims are paid within 15 business days.",
    "The rebate for Gold is 8%.",
    "2. **Partners** can't combine discounts.",
]
FALSE = [
    ("Gold partners receive a discount of 25 percent.", Trap.NUMBER),
    ("Gold partners get a 10% discount on Contoso Keep and silver partners get 20%.", Trap.NUMBER),
    ("A registered deal is protected for 60 days.", Trap.NUMBER),
    ("Claims are paid within fifteen days.", Trap.UNIT),
    ("You must register the deal before October 2, 2023, unless the customer is in the public sector.", Trap.DATE),
    ("Gold partners get a 20% discount on Fabrikam Keep and silver partners get 10%.", Trap.ENTITY),
    ("Customers can't combine discounts.", Trap.ENTITY),
    ("Partners can combine discounts.", Trap.NEGATION),
    ("A registered deal is not protected for 90 days.", Trap.NEGATION),
    ("You may register the deal before October 1, 2023, unless the customer is in the public sector.", Trap.MODALITY),
    ("You must register the deal before October 1, 2023.", Trap.CONDITION),
    ("Administrators approve an extension.", Trap.CONDITION),
    ("Platinum partners get a 20% discount on Contoso Keep and silver partners get 10%.", Trap.TIER),
    ("Some partners may extend protection by at least 30 days.", Trap.QUANTIFIER),
    ("All partners may extend protection by up to 30 days.", Trap.QUANTIFIER),
    ("A regional office in a warm country sends flowers to newcomers.", Trap.CONTENT),
]


def judged(sentence: str, passage: str = PASSAGE, *, of: str = "en", language: str = "en") -> Verdict:
    return Verifier().verify(sentence, [Evidence(passage, of, "Deal registration")], language=language)


@pytest.mark.parametrize("sentence", TRUE)
def test_a_faithful_sentence_is_supported(sentence: str) -> None:
    verdict = judged(sentence)
    assert verdict.supported, verdict.findings


@pytest.mark.parametrize(("sentence", "trap"), FALSE)
def test_a_sentence_that_goes_beyond_its_source_falls_into_its_trap(sentence: str, trap: Trap) -> None:
    verdict = judged(sentence)
    assert not verdict.supported
    assert trap in verdict.traps


ALONE = [
    ("The chart shows a threshold line for the tier, if your points are close to the threshold of the tier.",
     "The chart shows a threshold line for the tier.", Trap.CONDITION),
    ("Gold partners that miss the threshold keep their tier until 31 July 2027.",
     "Gold partners that miss the threshold keep their tier.", Trap.CONDITION),
    ("This widget shows insights only if you have published offers.",
     "This widget shows insights if you have published offers.", Trap.CONDITION),
    ("Delete can only be used when an offer is in draft status.",
     "Delete can be used when an offer is in draft status.", Trap.CONDITION),
    ("The minimum deal value stays at USD 15,000.", "The maximum deal value stays at USD 15,000.", Trap.QUANTIFIER),
    ("Points are given for monthly active users.", "Points are given for weekly active users.", Trap.UNIT),
    ("A massive, five-year campaign was run by Dr. Schick.", "A massive, ninety-year campaign was run by Dr. Schick.",
     Trap.NUMBER),
    ("The funding for many projects came from the vendor.", "The funding for all projects came from the vendor.",
     Trap.QUANTIFIER),
]  # fmt: skip


@pytest.mark.parametrize(("source", "edited", "trap"), ALONE)
def test_a_small_word_that_turns_a_sentence_is_noticed_and_the_sentence_itself_is_supported(
    source: str, edited: str, trap: Trap
) -> None:
    assert judged(source, source).supported
    verdict = judged(edited, source)
    assert trap in verdict.traps, verdict.findings


GERMAN = "Partner müssen Deals innerhalb von 30 Tagen registrieren. Der Rabatt beträgt 1,5 %. Boni gibt es nicht."
FRENCH = "Les partenaires doivent déclarer l'affaire sous 15 jours. La remise ne s'applique pas aux renouvellements."
JAPANESE = "案件は30日以内に登録する必要があります。割引は更新には適用されません。"
OTHERS = [
    ("de", GERMAN, "Der Rabatt beträgt 1.5%.", True),
    ("de", GERMAN, "Partner müssen Deals innerhalb von dreißig Tagen registrieren.", True),
    ("de", GERMAN, "Partner können Deals innerhalb von 30 Tagen registrieren.", False),
    ("de", GERMAN, "Boni gibt es.", False),
    ("de", GERMAN, "Der Rabatt beträgt 2,5 %.", False),
    ("fr", FRENCH, "Les partenaires doivent déclarer l'affaire sous quinze jours.", True),
    ("fr", FRENCH, "La remise s'applique aux renouvellements.", False),
    ("fr", FRENCH, "Les partenaires peuvent déclarer l'affaire sous 15 jours.", False),
    ("ja", JAPANESE, "案件は30日以内に登録する必要があります。", True),
    ("ja", JAPANESE, "案件は60日以内に登録する必要があります。", False),
    ("ja", JAPANESE, "割引は更新に適用されます。", False),
]


@pytest.mark.parametrize(("language", "passage", "sentence", "supported"), OTHERS)
def test_traps_are_seen_in_other_languages(language: str, passage: str, sentence: str, *, supported: bool) -> None:
    verdict = judged(sentence, passage, of=language, language=language)
    assert verdict.supported is supported, verdict.findings


ACROSS = [
    ("Une affaire enregistrée est protégée pendant 90 jours.", True),
    ("Une affaire enregistrée est protégée pendant 60 jours.", False),
    ("Une affaire enregistrée n'est pas protégée pendant 90 jours.", False),
    ("Une affaire enregistrée est protégée pendant 90 jours par la CNIL.", False),
]


@pytest.mark.parametrize(("sentence", "supported"), ACROSS)
def test_across_languages_numbers_names_and_polarity_are_still_checked(sentence: str, *, supported: bool) -> None:
    verdict = judged(sentence, "A registered deal is protected for 90 days.", language="fr")
    assert verdict.supported is supported, verdict.findings
    assert not verdict.certain


def test_a_sentence_that_cites_nothing_is_not_supported() -> None:
    verdict = Verifier().verify("Partners can't combine discounts.", [], language="en")
    assert not verdict.supported
    assert verdict.traps == (Trap.CONTENT,)


def test_the_evidence_is_the_span_that_says_it() -> None:
    verdict = judged("Registered deals are protected for 90 days.")
    span = verdict.evidence[0]
    assert PASSAGE[span.start : span.end] == "A registered deal is protected for 90 days."


class Likeness:
    """Says that everything means the same, or nothing."""

    def __init__(self, cosine: float) -> None:
        self.cosine = cosine

    def closest(self, sentence: str, texts: Sequence[str]) -> tuple[int, float]:
        assert sentence
        assert texts
        return 0, self.cosine

    def bridges(self, one: str, other: str) -> bool:
        return bool(one and other)


def test_meaning_saves_a_reworded_sentence_but_never_a_wrong_number() -> None:
    evidence = [Evidence("The reseller gets its money fifteen business days after the claim.", "en")]
    reworded, wrong = (
        "The reseller is paid in 15 business days after claiming.",
        "The reseller is paid in 5 business days.",
    )
    assert Verifier(Likeness(0.9)).verify(reworded, evidence, language="en").supported
    assert not Verifier(Likeness(0.0)).verify(reworded, evidence, language="en").supported
    assert not Verifier(Likeness(1.0)).verify(wrong, evidence, language="en").supported


UNITS = PASSAGE.split("\n\n", maxsplit=1)[0].replace("? ", "?\n").split(". ")


@given(st.sampled_from(UNITS), st.sampled_from(["", "> ", "* "]))
def test_a_sentence_of_the_passage_itself_is_always_supported(sentence: str, lead: str) -> None:
    assert judged(f"{lead}{sentence.rstrip('.')}.").supported


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300), st.text(max_size=300), st.sampled_from(["en", "de", "fr", "es", "pt", "ja", "xx"]))
def test_no_text_breaks_the_verifier(sentence: str, passage: str, language: str) -> None:
    verdict = judged(sentence, passage, language=language)
    assert 0 <= verdict.score <= 1
    assert verdict.supported is (not verdict.findings)
