"""Words of the trade: extracted from aligned texts, settled by people, held to in copy."""

import gzip
from pathlib import Path

import pytest
import yaml
from typer.testing import CliRunner

from assistant.campaigns.checks import CHECKS, findings
from assistant.campaigns.glossary import Glossary
from assistant.campaigns.library import Library
from assistant.campaigns.reading import read
from assistant.campaigns.segment import Segment, Term
from assistant.campaigns.term_extraction import Aligned, proposals
from integrations.commands.campaign import app
from tests.conftest import ROOT

LIBRARY = Library()
ENGLISH = LIBRARY.locale("en-US")
TEXTS = {
    "de": [
        ("Read your invoice", "Lesen Sie Ihre Rechnung"),
        ("The invoices of a month", "Die Rechnungen eines Monats"),
        ("An invoice for the partner", "Eine Rechnung für den Partner"),
        ("Find the invoice address", "Die Rechnungsadresse finden"),
        ("Ask your partner", "Fragen Sie Ihren Partner"),
        ("Every partner has a profile", "Jeder Partner hat ein Profil"),
        ("Open the profile", "Öffnen Sie das Profil"),
        ("Change your profile today", "Ändern Sie heute Ihr Profil"),
        ("Partner Center is open", "Partner Center ist offen"),
    ],
    "ja": [
        ("Read your invoice", "請求書を読みます"),
        ("The invoice of a month", "毎月の請求書について"),
        ("Find the invoice", "請求書を探してください"),
        ("Open the profile", "プロファイルを開きます"),
        ("Your profile", "あなたのプロファイル"),
        ("A profile of a partner", "パートナーのプロファイル"),
    ],
}


def found(language: str, concepts: tuple[str, ...]) -> dict[str, str]:
    aligned = [Aligned(source, target, "here") for source, target in TEXTS[language]]
    locale = LIBRARY.locale(language)
    return {each.concept: each.term for each in proposals(aligned, concepts, names=("Partner Center",), locale=locale)}


def proposed(concept: str, locale: str, pairs: list[tuple[str, str]]) -> str:
    aligned = [Aligned(source, target, "here") for source, target in pairs]
    [each] = proposals(aligned, (concept,), names=(), locale=LIBRARY.locale(locale))
    return each.term


def test_terms_are_found_where_their_concept_is_and_nowhere_else() -> None:
    concepts = ("invoice", "partner", "profile", "forecast")
    assert found("de", concepts) == {"invoice": "Rechnung", "partner": "Partner", "profile": "Profil"}
    assert found("ja", ("invoice", "profile")) == {"invoice": "請求書", "profile": "プロファイル"}


def test_two_ways_to_say_it_are_a_conflict_with_both_counted() -> None:
    said = ["Händler fragen", "Ein Händler hier", "Viele Händler"] * 2 + ["Verkäufer fragen", "Ein Verkäufer hier"] * 2
    aligned = [Aligned(f"A reseller {place}", text, "here") for place, text in enumerate(said)]
    aligned += [Aligned(f"Something else {place}", f"Etwas anderes {place}", "here") for place in range(9)]
    [each] = proposals(aligned, ("reseller",), names=(), locale=LIBRARY.locale("de"))
    assert (each.term, each.seen, each.texts, each.conflict) == ("Händler", 6, 10, True)
    assert each.others["Verkäufer"] == 4
    assert each.origins == {"here": 6}


def test_a_term_is_a_whole_word_as_it_is_written() -> None:
    renewal = [
        (f"The renewal {place}", said) for place, said in enumerate(["Die Verlängerung hier", "Zur Verlängerung"] * 3)
    ]
    shortened = [(f"Line {place}", f"Preis Verl. {place}") for place in range(9)]
    assert proposed("renewal", "de", renewal + shortened) == "Verlängerung"
    payout = [("Your payout", "Ihre Auszahlung")] * 2 + [("The payout number", "Die Auszahlungs-Nummer")] * 4
    assert proposed("payout", "de", payout + [("Deals", "Ein Vertrag")] * 6) == "Auszahlung"
    for said in ("produit-service", "remise d’ouverture"):
        bundles = [("Your bundle", f"Votre {said}"), ("A bundle", f"Ce {said}"), ("New bundle", f"Nouveau {said}")] * 2
        assert proposed("bundle", "fr", bundles + [("Offer", "Offre")] * 6) == said


def test_a_text_about_something_special_is_not_about_a_specialization() -> None:
    about = [("Your specialization", "Ihre Spezialisierung"), ("All specializations", "Alle Spezialisierungen")] * 3
    others = [(f"A special offer {place}", f"Ein spezielles Angebot {place}") for place in range(12)]
    assert proposed("specialization", "de", about + others) == "Spezialisierung"


def run(folder: Path, out: Path) -> str:
    with gzip.open(folder / "de.tsv.gz", "wt", encoding="utf-8") as file:
        file.writelines(f"{source}\t{target}\there\n" for source, target in TEXTS["de"])
    told = CliRunner().invoke(app, ["glossary", "--pairs", str(folder), "--out", str(out), "--origin", "here=Us, CC0"])
    assert told.exit_code == 0, told.output
    return told.output


def test_the_command_writes_terms_with_their_origin_and_leaves_what_a_person_settled(tmp_path: Path) -> None:
    out = tmp_path / "programme.yaml"
    assert "for a person to settle" in run(tmp_path, out)
    made = read(Glossary, out)
    entry = made.concepts["invoice"]["de"]
    assert (entry.term, entry.status, entry.origins, made.sources) == (
        "Rechnung",
        "proposed",
        {"here": 4},
        {"here": "Us, CC0"},
    )
    text = yaml.safe_load(out.read_text(encoding="utf-8"))
    settled = {"term": "Beleg", "status": "settled", "by": "Market DACH", "others": {"Rechnung": 0}}
    text["concepts"]["invoice"]["de"] = settled
    out.write_text(yaml.safe_dump(text, allow_unicode=True), encoding="utf-8")
    run(tmp_path, out)
    assert read(Glossary, out).concepts["invoice"]["de"].approved == ("Beleg", "Rechnung")


def test_the_glossary_that_ships_has_sixty_concepts_in_ten_languages_with_sources() -> None:
    shipped = read(Glossary, ROOT / "prompts" / "glossary" / "programme.yaml")
    languages = {language for said in shipped.concepts.values() for language in said} | {"en"}
    spoken = [concept for concept, said in shipped.concepts.items() if said]
    assert (len(spoken) >= 60, len(languages) >= 10) == (True, True)
    entries = [entry for said in shipped.concepts.values() for entry in said.values()]
    assert all(set(entry.origins) <= set(shipped.sources) and entry.origins for entry in entries)
    usable = {term.source: term.approved for term in LIBRARY.glossary("de")}
    assert usable["invoice"] == ("Rechnung",)
    assert "forecast" not in usable  # nobody has settled it yet


HELD = [
    ("de-DE", "Rechnung", "Ihre Rechnungen", "Ihre Belege"),
    ("de-DE", "Währung", "Die Abrechnungswährung", "Die Abrechnungsart"),
    ("fr-FR", "partenaire", "Nos partenaires", "Nos clients"),
    ("es-ES", "partner", "Los partners", "Los clientes"),
    ("pt-BR", "solução", "As soluções", "As ofertas"),
    ("it-IT", "fattura", "Le fatture", "Le offerte"),
    ("ja-JP", "請求書", "毎月の請求書について", "毎月の見積について"),
    ("ko-KR", "인센티브", "인센티브를 확인", "혜택을 확인"),
    ("zh-Hans", "发票", "您的发票", "您的报价"),
]


@pytest.mark.parametrize(("locale", "form", "kept", "strayed"), HELD)
def test_a_term_counts_however_it_is_inflected_and_another_word_does_not(
    locale: str, form: str, kept: str, strayed: str
) -> None:
    def said(target: str) -> list[str]:
        terms = (Term("thing", (form,)),)
        segment = Segment("The thing", target, ENGLISH, LIBRARY.locale(locale), glossary=terms)
        return [finding.check for finding in findings(segment, {"glossary": CHECKS["glossary"]})]

    assert (said(kept), said(strayed)) == ([], ["glossary"])
