"""Campaign data: complete, sourced, and open to a customer's folder."""

from pathlib import Path

import pytest
from babel import Locale

from assistant.campaigns.library import Library
from assistant.errors import SettingsError, UsageError

LIBRARY = Library()
ASKED = ["en-US", "en-GB", "de-DE", "de-CH", "fr-FR", "fr-CA", "es-ES", "es-MX"]
ASKED += ["pt-BR", "it-IT", "ja-JP", "zh-Hans", "ko-KR", "ar"]


@pytest.mark.parametrize("name", ASKED)
def test_a_locale_has_everything_the_checks_use(name: str) -> None:
    pack = LIBRARY.locale(name)
    assert isinstance(pack.cldr, Locale)
    assert pack.superlative is not None
    assert pack.absolute is not None
    assert pack.language in LIBRARY.disclosure_texts


def test_a_language_alone_means_its_first_own_locale() -> None:
    assert [LIBRARY.locale(name).locale for name in ("de", "fr", "zh", "pt")] == ["de-DE", "fr-FR", "zh-Hans", "pt-BR"]


def test_switzerland_inherits_from_germany_and_says_so() -> None:
    swiss = LIBRARY.locale("de_CH")
    assert (swiss.inherits, swiss.eszett, swiss.formality.policy) == ("de-DE", False, "formal")


def test_an_unknown_locale_is_refused_with_those_there_are() -> None:
    with pytest.raises(UsageError, match=r"xx-XX.*de-DE"):
        LIBRARY.locale("xx-XX")


@pytest.mark.parametrize("country", sorted(LIBRARY.laws))
def test_every_country_has_a_source_a_date_and_an_opt_out(country: str) -> None:
    law = LIBRARY.laws[country]
    assert law.source
    assert law.as_of is not None
    assert {"sender", "unsubscribe"} <= set(law.email) | ({"sender"} if "both_parties" in law.email else set())
    assert "stop" in law.sms


def test_every_element_of_a_disclosure_is_said_in_every_language() -> None:
    elements = {element for law in LIBRARY.laws.values() for element in (*law.email, *law.sms)}
    lacking = {(lang, e) for lang, texts in LIBRARY.disclosure_texts.items() for e in elements if e not in texts}
    assert lacking == set()


def test_a_customers_file_takes_the_place_of_ours(tmp_path: Path) -> None:
    (tmp_path / "locales").mkdir()
    (tmp_path / "locales" / "de-DE.yaml").write_text(
        "inherits: ''\nname: German\nlanguage: de\ncountry: DE\nratio: [0.5, 2]\nquotes: ['»', '«', '›', '‹']\n",
        encoding="utf-8",
    )
    mine = Library(tmp_path)
    assert mine.locale("de-DE").quotes[0] == "»"
    assert mine.locale("de-CH").name == "German (Switzerland)"
    assert mine.locale("fr-FR") == LIBRARY.locale("fr-FR")


def test_an_unknown_key_is_an_error_that_names_file_and_key(tmp_path: Path) -> None:
    (tmp_path / "locales").mkdir()
    (tmp_path / "locales" / "de-DE.yaml").write_text("name: German\nformalty: du\n", encoding="utf-8")
    with pytest.raises(SettingsError, match=r"locales/de-.*formalty"):
        _ = Library(tmp_path).locales


def test_a_folder_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="does not exist"):
        Library(tmp_path / "nowhere")
