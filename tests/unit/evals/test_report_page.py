"""The report in a real browser: what it shows, that it asks for nothing, and that it can be read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from evals.case import Case, Observation
from evals.collect import Collected
from evals.gate import Bar
from evals.report import misses, page
from evals.run import SuiteResult, scored
from evals.suites import SUITES
from tests.browser import browser_tab
from tests.unit.evals.examples import cited, said
from tests.unit.evals.runs import GOLD, judged, question, right, wrong

if TYPE_CHECKING:
    from playwright.sync_api import Page

HOSTILE = "<img src='https://evil.example/x' onerror='document.title=1'><script>document.title='owned'</script>"
BARS = [Bar(suite="answers", metric="citation_hit", at_least=0.9)]


def sure(seen: Observation, confidence: float) -> Observation:
    assert seen.answer is not None
    return replace(seen, answer=replace(seen.answer, confidence=confidence))


def suite() -> SuiteResult:
    """Right, wrong and declined answers of many confidences, an unanswerable question, an error, and hostile text."""
    cases = [question(f"c{number:02d}") for number in range(40)]
    seen = [sure((right if number % 4 else wrong)(f"c{number:02d}"), number / 40) for number in range(40)]
    misled = said("The fee is 6 %.", cited("The fee is 6 %.", source="The fee is 6 %.", doc="old.md"))
    cases += [
        replace(question("misled"), question="Which fee misled?"),
        Case(id="none", question="Who?", kind="unanswerable"),
        replace(question("broken"), question=HOSTILE),
    ]
    seen += [
        replace(sure(misled, 0.99), case_id="misled"),
        replace(sure(wrong("none"), 0.1), case_id="none"),
        Observation("broken", error="TimeoutError: late"),
    ]
    return scored(SUITES["answers"], Collected(tuple(cases), tuple(seen)), BARS)


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    skipped = SuiteResult(SUITES["samples"], skipped="no sample programme")
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(page(judged([suite(), skipped]), manifest={"commit": "abc"}), encoding="utf-8")
    with browser_tab() as tab:
        asked: list[str] = []
        tab.on("request", lambda request: asked.append(request.url))
        tab.goto(file.as_uri())
        assert asked == [file.as_uri()], "the page asks for nothing but itself"
        yield tab


def test_both_curves_are_drawn_inside_their_frames_and_say_their_numbers(shown: Page) -> None:
    plots = shown.locator("#answers svg.plot")
    assert plots.count() == 2
    for plot in plots.all():
        box = plot.bounding_box()
        assert box is not None
        for part in plot.locator("polyline, circle, text").all():
            inner = part.bounding_box()
            assert inner is not None
            assert box["x"] - 1 <= inner["x"] <= inner["x"] + inner["width"] <= box["x"] + box["width"] + 1
            assert box["y"] - 1 <= inner["y"] <= inner["y"] + inner["height"] <= box["y"] + box["height"] + 1
    said_so = shown.locator("#answers figcaption").all_inner_texts()
    assert "0.721 of the questions are answered and 0.032 of those answers are wrong" in said_so[0]
    assert "over 42 questions" in said_so[1]


def test_every_slice_has_its_interval_and_the_bar_its_verdict(shown: Page) -> None:
    rows = shown.locator("#answers tr", has_text="lang:en")
    assert rows.count() >= 3
    assert rows.first.locator("svg[role=img] circle").count() == 1
    assert shown.locator("#answers tr", has_text="citation_hit").first.inner_text().endswith("missed")
    assert shown.locator("#samples").inner_text().endswith("Skipped: no sample programme")


def test_the_worst_come_first_with_their_evidence_and_open_by_keyboard(shown: Page) -> None:
    worst = shown.locator("#answers details")
    assert worst.nth(0).inner_text().startswith("<img src=")
    assert "Which fee misled?" in worst.nth(1).inner_text()
    worst.nth(1).locator("summary").focus()
    shown.keyboard.press("Enter")
    told = worst.nth(1).inner_text()
    assert GOLD.quote in told
    assert "[1] cited from old.md" in told
    assert "confidence 0.990" in told
    assert shown.title() == "Liaison evaluation", "what people wrote is text, not markup"


def test_a_link_of_the_overview_leads_to_its_suite_and_a_phone_needs_no_sideways_scrolling(shown: Page) -> None:
    shown.set_viewport_size({"width": 390, "height": 800})
    shown.locator("a[href='#samples']").click()
    assert shown.url.endswith("#samples")
    assert shown.evaluate("document.documentElement.scrollWidth") <= 390


def test_what_misled_somebody_comes_before_what_was_declined() -> None:
    order = [miss.case.id for miss in misses(suite())]
    assert order[:2] == ["broken", "misled"]
    assert order[2:4] == ["c36", "c32"], "of declined ones the surest first"
    assert len(order) == 12
