"""Tables of data and charts are held to Slack's limits, each fault by its place."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from integrations.surfaces.slack.blockkit import check_blocks
from integrations.surfaces.slack.blockkit_rules import Broken, Surface

Json = dict[str, Any]
RICH = {
    "type": "rich_text",
    "elements": [
        {"type": "rich_text_section", "elements": [{"type": "link", "url": "https://x.example", "text": "x"}]}
    ],
}


def cell(value: str | int) -> Json:
    return {"type": "raw_text", "text": value} if isinstance(value, str) else {"type": "raw_number", "value": value}


def table(rows: int = 3, columns: int = 2, *, text: str = "x", **more: Any) -> Json:
    return {"type": "data_table", "caption": "Deals", "rows": [[cell(text)] * columns] * rows, **more}


def points(*labels: str) -> list[Json]:
    return [{"label": label, "value": 1.5} for label in labels]


def chart(kind: str = "bar", *, series: int = 1, labels: tuple[str, ...] = ("Q1", "Q2"), **more: Any) -> Json:
    drawn = [{"name": f"s{number}", "data": points(*labels)} for number in range(series)]
    axes = {"categories": list(labels), "x_label": "Quarter", "y_label": "EUR"}
    return visual({"type": kind, "series": drawn, "axis_config": axes, **more})


def visual(drawn: Json, **more: Any) -> Json:
    return {"type": "data_visualization", "title": "Revenue", "chart": drawn, **more}


def pie(*labels: str) -> Json:
    return visual({"type": "pie", "segments": points(*labels)})


NUMBERED = tuple(f"c{number}" for number in range(20))
GOOD = {
    "the largest table": table(201, 20, text="x" * 4),
    "a table of everything": {**table(), "rows": [[cell("Deal"), cell("EUR")], [RICH, cell(40_000)]]},
    "a paged table": table(page_size=100, row_header_column_index=1, block_id="deals"),
    "a pie of twelve": pie(*NUMBERED[:12]),
    **{f"the largest {kind}": chart(kind, series=12, labels=NUMBERED) for kind in ("bar", "area", "line")},
}
BAD = {
    "a header alone": (table(1), Broken.TOO_FEW),
    "202 rows": (table(202), Broken.TOO_MANY),
    "21 columns": (table(2, 21), Broken.TOO_MANY),
    "no caption": ({"type": "data_table", "rows": table()["rows"]}, Broken.MISSING),
    "an empty page": (table(page_size=0), Broken.OUT_OF_RANGE),
    "a page of 101 rows": (table(page_size=101), Broken.OUT_OF_RANGE),
    "too many characters": (table(201, 20, text="x" * 5), Broken.TOO_LONG),
    "too many characters in rich text": (
        {
            **table(),
            "rows": [
                [cell("x")],
                [
                    {
                        **RICH,
                        "elements": [
                            {"type": "rich_text_section", "elements": [{"type": "text", "text": "x" * 20_000}]}
                        ],
                    }
                ],
            ],
        },
        Broken.TOO_LONG,
    ),
    "a ragged table": ({**table(), "rows": [[cell("a")], [cell("b"), cell("c")]]}, Broken.NOT_ALLOWED),
    "rich text in the header": ({**table(), "rows": [[RICH], [cell("b")]]}, Broken.NOT_ALLOWED),
    "a number that is none": (
        {**table(), "rows": [[cell("a")], [{"type": "raw_number", "value": "1"}]]},
        Broken.WRONG_TYPE,
    ),
    "a long title": (visual(pie("a")["chart"], title="x" * 51), Broken.TOO_LONG),
    "no title": ({"type": "data_visualization", "chart": pie("a")["chart"]}, Broken.MISSING),
    "a chart of no kind": (visual({"type": "radar", "segments": points("a")}), Broken.UNKNOWN_KIND),
    "an empty pie": (pie(), Broken.TOO_FEW),
    "a pie of thirteen": (pie(*NUMBERED[:13]), Broken.TOO_MANY),
    "a long label": (pie("x" * 21), Broken.TOO_LONG),
    "thirteen series": (chart(series=13), Broken.TOO_MANY),
    "21 points": (chart(labels=(*NUMBERED, "c20")), Broken.TOO_MANY),
    "two series of one name": (
        visual({**chart()["chart"], "series": [{"name": "a", "data": points("Q1", "Q2")}] * 2}),
        Broken.DUPLICATE,
    ),
    "a point beside the axis": (chart(axis_config={"categories": ["Q1", "Q3"]}), Broken.NOT_ALLOWED),
    "a line without axes": (visual({"type": "line", "series": chart()["chart"]["series"]}), Broken.MISSING),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_slack_takes_is_taken(name: str) -> None:
    assert check_blocks([GOOD[name]], Surface.MESSAGE) == []


@pytest.mark.parametrize("name", BAD)
def test_what_slack_refuses_is_named(name: str) -> None:
    block, code = BAD[name]
    assert code in {fault.code for fault in check_blocks([block], Surface.MESSAGE)}


def test_a_message_has_two_charts_at_most() -> None:
    assert check_blocks([pie("a"), chart()], Surface.MESSAGE) == []
    (fault,) = check_blocks([pie("a"), chart(), pie("b")], Surface.MESSAGE)
    assert (fault.code, fault.pointer) == (Broken.TOO_MANY, "/blocks")


@given(st.integers(2, 201), st.integers(1, 20), st.integers(1, 30))
@settings(max_examples=40, deadline=None)
def test_a_table_is_as_long_as_all_its_cells(rows: int, columns: int, length: int) -> None:
    faults = check_blocks([table(rows, columns, text="x" * length)], Surface.MESSAGE)
    assert bool(faults) == (rows * columns * length > 20_000)


@given(st.lists(st.text(min_size=1, max_size=25), min_size=1, max_size=25, unique=True))
@settings(max_examples=60, deadline=None)
def test_a_chart_is_taken_when_its_labels_fit(labels: list[str]) -> None:
    fits = len(labels) <= 20 and all(len(label) <= 20 for label in labels)
    assert (check_blocks([chart("line", labels=tuple(labels))], Surface.MESSAGE) == []) == fits
