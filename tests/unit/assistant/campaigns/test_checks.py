"""Every check alone: what it finds, and what it leaves in peace."""

from dataclasses import replace
from datetime import date

import pytest

from assistant.campaigns.checks import CHECKS, findings
from assistant.campaigns.finding import Severity
from assistant.campaigns.library import Library
from assistant.campaigns.segment import Backing, LinkRule, PartnerFacts, Segment, Term

LIBRARY = Library()
NAMES = ("Skerrow Keep", "Skerrow", "Keep")
PARTNER = PartnerFacts(
    legal_name="Acme GmbH", display_name="Acme", tier="gold", tiers=("silver", "gold", "platinum"), certified=False
)


def pair(source: str, target: str, locale: str = "de-DE", place: str = "", **more: object) -> Segment:
    segment = Segment(
        source=source, target=target, source_locale=LIBRARY.locale("en-US"), locale=LIBRARY.locale(locale), names=NAMES
    )
    return replace(segment, place=LIBRARY.place(place) if place else None, **more)  # type: ignore[arg-type]


BAD = [
    ("placeholder", pair("Hi { $name }", "Hallo { $nam }")),
    ("placeholder", pair("{{first_name}}, hi", "Hallo")),
    ("placeholder", pair("{n, plural, one {a day} other {# days}}", "{n，复数，one {一} other {#}}", "zh-Hans")),
    ("plural", pair("{n, plural, one {a day} other {# days}}", "{n, plural, one {jour} other {# jours}}", "fr-FR")),
    ("plural", pair("{n, plural, one {a} other {#}}", "{n, plural, one {a} few {b} other {c}}", "pl-PL")),
    ("markup", pair("Read <a href='/x'>this</a>", "Lesen Sie <a href='/x'>das")),
    ("markup", pair("[Guide](https://a.example/en)", "[Leitfaden](https://b.example)")),
    ("number", pair("Save 25% in 30 days", "Sparen Sie 35 % in 30 Tagen")),
    ("number", pair("1.5 million files", "1.5億のファイル", "ja-JP")),
    ("locale_format", pair("1,234.50 euro", "1,234.50 Euro")),
    ("locale_format", pair("25% less", "25% weniger")),
    ("name", pair("Skerrow Keep recovers", "Skerrow Halt stellt wieder her")),
    ("name", pair("Skerrow Keep", "Skerrow Kеep")),
    ("name", pair("Skerrow sells Skerrow Keep", "Skerrwo verkauft Skerrow Keep")),
    ("language", pair("Recover your data every day", "Récupérez vos données tous les jours sans effort")),
    ("language", pair("Recover your data every day", "Recover your data each day", "ja-JP")),
    ("variant", pair("On the street", "Auf der Straße", "de-CH")),
    ("variant", pair("The screen", "O ecrã", "pt-BR")),
    ("variant", pair("Data", "數據", "zh-Hans")),
    ("untranslated", pair("Recover in minutes", "Recover in minutes")),
    ("length", pair("Recover in minutes", "案件登録で20%還元、今すぐご登録", "ja-JP", "google_rsa.headline")),
    ("length_ratio", pair("Recover whole applications in minutes, not days", "Schnell da")),
    ("typography", pair("Ready?", "Prêt?", "fr-FR")),
    ("typography", pair("Ready?", "Prêt ?", "fr-FR")),
    ("typography", pair("Ready?", "Prêt ?", "fr-CA")),
    ("typography", pair("Ready?", "Listo?", "es-ES")),
    ("typography", pair("“Tested”", 'Das ist "geprüft"')),
    ("characters", pair("Tested", "Gepr\u200büft")),
    ("characters", pair("Tested", "GeprÃ¼ft fÃ¼r Sie")),
    ("characters", pair("Tested", "\u202eGeprüft")),
    ("double_word", pair("Every day", "Jeden jeden Tag")),
    ("double_word", pair("A brand that builds trust", "Eine Marke mit die die Vertrauen")),
    ("double_word", pair("To help you", "Pour vous vous aider", "fr-FR")),
    ("double_word", pair("Put it on all devices", "Lägg den på på alla enheter", "sv-SE")),
    ("untranslated", pair("Keep browser support", "Keep Browser Support")),
    ("placeholder", pair("{ $n -> [one] { $n } of { $m } *[other] { $n } of { $m } }", "{ $n }件", "ja-JP")),
    ("ending", pair("Organize your files.", "ファイルを整理します", "ja-JP")),
    ("formality", pair("Test your recovery", "Teste deine Wiederherstellung")),
    ("claim", pair("Fast", "50 % schneller", backing=Backing())),
    ("claim", pair("Good", "Das beste Backup", backing=Backing())),
    ("banned", pair("Leading", "业内最佳", "zh-Hans", banned=LIBRARY.banned["CN"])),
    (
        "banned",
        pair("First", "業界No. 1", "ja-JP", banned=LIBRARY.banned["JP"], backing=Backing(numbers=frozenset("1"))),
    ),
    ("disclosure", pair("Footer", "<p style='display:none'>Impressum: x</p>", required=("Impressum: x",))),
    ("disclosure", pair("Subject", "(광 고) 제목", "ko-KR", opening="(광고)")),
    ("link", pair("x", "Siehe https://a.example/?a=1?b=2")),
    ("link", pair("x", "https://evil.example/", links=LinkRule(frozenset({"good.example"})))),
    ("link", pair("x", "https://good.example/", links=LinkRule(frozenset({"good.example"}), ("utm_source=acme",)))),
    ("channel_policy", pair("Now", "Jetzt testen!", place="google_rsa.headline")),
    ("channel_policy", pair("Now", "ﾃｽﾄです", "ja-JP", "google_rsa.description")),
    ("channel_policy", pair("Now", "Los 🚀", place="google_rsa.description")),
    ("partner_fact", pair("Platinum partner", "Ihr Platinum-Partner", partner=PARTNER)),
    ("partner_fact", pair("Certified", "Zertifizierte Fachleute", partner=PARTNER)),
    ("freshness", pair("x", "y", backing=Backing(sent=date(2027, 2, 1), expires=date(2027, 1, 31)))),
    ("freshness", pair("x", "y", backing=Backing(approved_source="a1", current_source="b2"))),
    ("ending", pair("Recover your data.", "Stellen Sie Ihre Daten wieder her")),
    ("inclusive", pair("Allowlist", "Die Whitelist pflegen")),
    ("glossary", pair("Register the deal", "Den Vertrag", glossary=(Term("deal", ("Deal",), ("Vertrag",)),))),
]


@pytest.mark.parametrize(("check", "segment"), BAD, ids=lambda value: value if isinstance(value, str) else "")
def test_a_check_finds_its_fault(check: str, segment: Segment) -> None:
    assert [finding.check for finding in CHECKS[check](segment)][:1] == [check]


def test_every_check_has_a_fault_above() -> None:
    assert {check for check, _ in BAD} == set(CHECKS)
    assert len(CHECKS) == 25


GOOD = [
    pair("Recover { $count } hosts in 15 minutes.", "Stellen Sie { $count } Hosts in 15 Minuten wieder her."),
    pair("Ready? Test Skerrow Keep for 30 days.", "Prêt\u00a0? Testez Skerrow Keep pendant 30 jours.", "fr-FR"),
    pair("1.5 million files", "150万ファイル", "ja-JP"),
    pair("Save 10,000 files by 5 PM", "Sichern Sie 10.000 Dateien bis 17 Uhr"),
    pair("Are you ready?", "¿Está todo listo?", "es-ES"),
    pair("Skerrow Keep", "Skerrow Keep"),
    pair("{n, plural, one {a} other {#}}", "{n, plural, other {#日}}", "ja-JP"),
    pair("Immutable copies", "نسخ غير قابلة للتغيير", "ar"),
    pair("Leader", "Chef", backing=Backing()),
    pair("All who want full control", "Für alle, die die volle Kontrolle wollen"),
    pair("Each time you sign in", "Chaque fois que vous vous connectez", "fr-FR"),
    pair("Organize your files.", "ファイルの整理", "ja-JP"),
    pair(
        "Indirect resellers",
        "Les revendeurs indirects",
        "fr-FR",
        glossary=(Term("indirect reseller", ("revendeur indirect",)),),
    ),
    pair("Co-sell", "공동 판매를 시작하세요", "ko-KR", glossary=(Term("co-sell", ("공동 판매",)),)),
]


@pytest.mark.parametrize("segment", GOOD, ids=lambda segment: segment.target)
def test_good_copy_is_left_in_peace(segment: Segment) -> None:
    assert findings(segment) == ()


def test_a_language_without_plural_forms_has_each_placeholder_once() -> None:
    source = "{ $n -> [one] { $n } of { $m } *[other] { $n } of { $m } }"
    assert list(CHECKS["placeholder"](pair(source, "{ $m }中{ $n }件", "ja-JP"))) == []


def test_a_claim_covers_its_number_and_its_words() -> None:
    backing = Backing(numbers=frozenset({"41", "6"}), phrases=("kostenlos testen",))
    said = pair("x", "Von 41 auf 6 Stunden: kostenlos testen", backing=backing)
    assert list(CHECKS["claim"](said)) == []


def test_a_survey_allows_the_words_that_ask_for_one() -> None:
    said = pair("x", "業界No.1", "ja-JP", banned=LIBRARY.banned["JP"], backing=Backing(survey=True))
    assert list(CHECKS["banned"](said)) == []


def test_errors_block_and_warnings_do_not() -> None:
    severities = {finding.severity for finding in findings(pair("Ready? 25%", "Bereit? 25% 25%"))}
    assert severities <= {Severity.ERROR, Severity.WARNING}
    assert Severity.WARNING in severities
