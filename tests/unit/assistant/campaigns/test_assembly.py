"""From a brief to kits: nothing invented, nothing over a limit, nothing undisclosed."""

import csv
import io
from datetime import date
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from assistant.campaigns.assembly import Assembler
from assistant.campaigns.brief import Brief
from assistant.campaigns.export import EXPORTS, as_csv, as_html, as_xliff
from assistant.campaigns.kit import Kit, KitField, Status
from assistant.campaigns.library import Library
from assistant.campaigns.reading import read
from assistant.campaigns.segment import PartnerFacts
from assistant.errors import SettingsError, UsageError
from prompts import ROOT

SAMPLE = Path(__file__).parents[4] / "samples" / "campaign.yaml"
ASSEMBLER = Assembler(Library(), "skerrow")
TIERS = ("registered", "silver", "gold", "platinum")
ACME = PartnerFacts("Acme Datentechnik GmbH", "Acme", "gold", TIERS, certified=True)
WRITTEN = ("en-US", "de-DE", "fr-FR", "es-ES", "pt-BR", "ja-JP")


def brief(**changes: object) -> Brief:
    sample = read(Brief, SAMPLE)
    sender = sample.sender.model_copy(update={"imprint": "https://www.acme.example/imprint"})
    return sample.model_copy(update={"sender": sender, **changes})


def field(kit: Kit, place: str) -> KitField:
    return next(each for each in kit.fields if each.place == place)


@pytest.mark.parametrize("locale", WRITTEN)
def test_a_complete_brief_is_ready_in_every_language_with_approved_texts(locale: str) -> None:
    kit = ASSEMBLER.kit(brief(), ACME, locale=locale)
    assert {each.status for each in kit.fields} == {Status.READY}, [each.reasons for each in kit.fields]
    assert len(kit.fields) >= 20
    assert all(each.size <= each.hard and "{" not in each.text for each in kit.fields)


def test_numbers_and_dates_are_written_as_the_locale_writes_them() -> None:
    assert "31. Januar 2027" in field(ASSEMBLER.kit(brief(), ACME, locale="de-DE"), "email.body").text
    assert "2027年1月31日" in field(ASSEMBLER.kit(brief(), ACME, locale="ja-JP"), "email.body").text


def test_without_a_deadline_the_text_that_names_one_is_not_used() -> None:
    body = field(ASSEMBLER.kit(brief(deadline=None), ACME, locale="de-DE"), "email.body")
    assert (body.variant, body.status) == ("M", Status.READY)


def test_a_german_mail_without_imprint_is_blocked_and_says_why() -> None:
    footer = field(ASSEMBLER.kit(read(Brief, SAMPLE), ACME, locale="de-DE"), "email.footer")
    assert footer.status is Status.BLOCKED
    assert "imprint" in footer.reasons[0].message


SEEDED = [
    (country, element)
    for country, law in sorted(ASSEMBLER.library.laws.items())
    for element in law.email
    if element not in {"sender", "both_parties"}
]


@pytest.mark.parametrize(("country", "element"), SEEDED)
def test_an_element_that_a_country_asks_for_and_the_brief_lacks_blocks_the_mail(country: str, element: str) -> None:
    poor = brief(countries={"en-US": country})
    poor = poor.model_copy(update={"sender": poor.sender.model_copy(update={element: ""})})
    footer = field(ASSEMBLER.kit(poor, ACME, locale="en-US"), "email.footer")
    assert (footer.status, element in footer.reasons[0].message) == (Status.BLOCKED, True)


def test_canada_sees_both_companies_of_a_co_branded_mail() -> None:
    kit = ASSEMBLER.kit(brief(countries={"en-US": "CA"}), ACME, locale="en-US")
    footer = field(kit, "email.footer")
    assert "Acme Datentechnik GmbH and Skerrow Systems plc" in footer.text
    assert footer.status is Status.READY


@pytest.mark.parametrize("country", ["US", "DE", "JP"])
def test_somebody_else_in_from_is_not_the_designated_sender(country: str) -> None:
    other = brief(countries={"en-US": country}, sent_by="vendor")
    footer = field(ASSEMBLER.kit(other, ACME, locale="en-US"), "email.footer")
    assert "must be Skerrow Systems plc" in footer.reasons[0].message


def test_a_missing_language_gives_the_master_a_localized_footer_and_a_work_order() -> None:
    kit = ASSEMBLER.kit(brief(), ACME, locale="it-IT")
    assert field(kit, "email.subject").status is Status.NEEDS_TRANSLATION
    assert "Mittente di questo messaggio: Acme Datentechnik GmbH" in field(kit, "email.footer").text
    units = ET.fromstring(as_xliff(kit)).findall(".//{*}unit")
    assert len(units) == len(kit.fields) - 1


def test_a_work_order_says_how_the_words_of_the_trade_are_said() -> None:
    kit = ASSEMBLER.kit(brief(), ACME, locale="it-IT")
    unit = next(u for u in ET.fromstring(as_xliff(kit)).iter() if u.get("id") == "call.script.1")
    said = {e.find("{*}term").text: e.find("{*}translation").text for e in unit.findall(".//{*}glossEntry")}  # type: ignore[union-attr]
    assert said.keys() == {"report", "trial"}
    assert all(said.values())
    assert {term.source for term in kit.terms} >= said.keys()


def test_texts_that_a_market_approved_say_the_words_of_the_glossary_or_of_the_market() -> None:
    library = Library()
    for locale in WRITTEN[1:]:
        kit = Assembler(library, "skerrow").kit(brief(), ACME, locale=locale)
        assert kit.terms
        assert not [found for each in kit.fields for found in each.findings if found.check == "glossary"]


def test_a_text_that_leaves_the_glossary_warns_whoever_approves(tmp_path: Path) -> None:
    folder = tmp_path / "blocks" / "skerrow"
    folder.mkdir(parents=True)
    german = (Path(ROOT) / "blocks" / "skerrow" / "de.yaml").read_text(encoding="utf-8")
    (folder / "de.yaml").write_text(german.replace("mit Bericht", "mit Rapport"), encoding="utf-8")
    kit = Assembler(Library(tmp_path), "skerrow").kit(brief(), ACME, locale="de-DE")
    preheader = field(kit, "email.preheader")
    assert [found.message for found in preheader.findings] == ["“report” should be “Bericht”"]
    assert preheader.status is Status.READY


def test_the_mail_links_to_the_landing_page_by_a_button_and_shows_the_disclosure() -> None:
    mail = as_html(ASSEMBLER.kit(brief(), ACME, locale="de-DE"))
    assert "utm_medium=email" in mail
    assert ">Test planen</a>" in mail
    assert "Impressum: <a" in mail.partition("<footer")[2]


def test_switzerland_inherits_with_a_flag_and_without_eszett() -> None:
    kit = ASSEMBLER.kit(brief(), ACME, locale="de-CH")
    assert (kit.inherited, kit.written_for) == (True, "de-DE")
    assert "ß" not in "".join(each.text for each in kit.fields if each.place not in {"email.footer", "sms.text"})


def test_a_claim_that_has_run_out_needs_another() -> None:
    kit = ASSEMBLER.kit(brief(send_on=date(2029, 6, 1), deadline=None), ACME, locale="en-US")
    assert field(kit, "email.preheader").status in {Status.NEEDS_CLAIM, Status.BLOCKED}
    assert "keep-drills does not hold" in field(kit, "email.preheader").reasons[0].message


def test_texts_past_their_approval_are_blocked() -> None:
    kit = ASSEMBLER.kit(brief(send_on=date(2027, 7, 1), deadline=None), ACME, locale="fr-FR")
    assert {reason.check for reason in field(kit, "meta.headline").reasons} == {"freshness"}


def test_a_long_partner_name_takes_the_shorter_text_or_is_blocked_never_cut() -> None:
    name = "Donaudampfschifffahrtsgesellschaft und Partner"
    long = PartnerFacts("Acme Datentechnik GmbH", name, "gold", (), certified=True)
    kit = ASSEMBLER.kit(brief(), long, locale="de-DE")
    for each in kit.fields:
        assert each.size <= each.hard or each.status is Status.BLOCKED
    assert [each.variant for each in kit.fields if each.place == "google_rsa.description"] == ["M", "S"]


def test_every_link_is_tracked() -> None:
    post = field(ASSEMBLER.kit(brief(), ACME, locale="de-DE"), "linkedin.post").text
    assert "?utm_source=acme&utm_medium=linkedin&utm_campaign=recovery-winter-2026&utm_content=de-de" in post


def test_an_unknown_theme_or_channel_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match="keep-recovery"):
        ASSEMBLER.kit(brief(theme="nothing"), ACME, locale="de-DE")
    with pytest.raises(UsageError, match="google_rsa"):
        ASSEMBLER.kit(brief(channels=("pigeon",)), ACME, locale="de-DE")


def test_a_text_with_a_slot_that_no_claim_gives_is_refused_at_reading(tmp_path: Path) -> None:
    folder = tmp_path / "blocks" / "skerrow"
    folder.mkdir(parents=True)
    (folder / "it.yaml").write_text(
        "locale: it-IT\napproval: {by: x, day: 2026-10-01}\nexpires: 2027-01-01\n"
        'themes: {t: {x.post: [{S: "{ $discount } %"}]}}\n',
        encoding="utf-8",
    )
    with pytest.raises(SettingsError, match=r"it\.yaml.*discount"):
        Library(tmp_path).texts("skerrow")


@pytest.mark.parametrize("name", EXPORTS)
def test_every_format_carries_the_texts(name: str) -> None:
    kit = ASSEMBLER.kit(brief(), ACME, locale="it-IT" if name == "xliff" else "ja-JP")
    wanted = field(kit, "email.subject").text
    assert wanted in EXPORTS[name][1](kit)


def test_exports_run_nothing_that_a_name_carries() -> None:
    evil = PartnerFacts("Acme Datentechnik GmbH", "=cmd()<script>", "gold", (), certified=True)
    kit = ASSEMBLER.kit(brief(), evil, locale="en-US")
    assert "<script>" not in as_html(kit)
    cells = [cell for row in csv.reader(io.StringIO(as_csv(kit))) for cell in row]
    assert not any(cell.startswith("=") for cell in cells)
    assert any(cell.startswith("'=cmd()") for cell in cells)
