"""Blocks of data: tables that can be sorted and paged, and charts.

The numbers are those of Slack's Block Kit reference (docs.slack.dev/reference/block-kit/blocks, data-table-block and
data-visualization-block). Where its pages disagree with later releases of Slack the larger number is taken.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from integrations.surfaces.slack.blockkit_rules import (
    Broken,
    Fault,
    Items,
    Kind,
    Named,
    Number,
    Rule,
    Shape,
    Words,
    kinds,
    needs,
)

CHARTS_OF_A_MESSAGE = 2
TABLE_CHARACTERS = 20_000  # of all cells together
LABEL = Words(20)
AXES: Mapping[str, Rule] = {"series": Items(Named("series"), most=12), "axis_config": Named("axes")}

CHARTS: Mapping[str, Shape] = {
    "pie": Shape({"segments": Items(Named("point"), most=12)}, needs("segments")),
    **{name: Shape(AXES, needs("series axis_config")) for name in ("bar", "area", "line")},
}
CHART_OBJECTS: Mapping[str, Shape] = {
    "point": Shape({"label": LABEL, "value": Number(whole=False)}, needs("label value")),
    "series": Shape({"name": LABEL, "data": Items(Named("point"), most=20)}, needs("name data")),
    "axes": Shape(
        {"categories": Items(LABEL, most=20), "x_label": Words(50), "y_label": Words(50)}, needs("categories")
    ),
}


def data_blocks(block_id: Mapping[str, Rule], cell: Kind) -> dict[str, Shape]:
    """The shapes of both blocks; a cell is that of a table."""
    return {
        "data_table": Shape(
            {
                **block_id,
                "rows": Items(Items(cell, most=20), most=201, least=2),
                "caption": Words(),
                "page_size": Number(low=1, high=100),
                "row_header_column_index": Number(low=0, high=19),
            },
            needs("rows caption"),
        ),
        "data_visualization": Shape(
            {**block_id, "title": Words(50), "chart": kinds(" ".join(CHARTS), "charts")}, needs("title chart")
        ),
    }


def check_data(block: Mapping[str, object], at: str) -> Iterator[Fault]:
    """Every broken rule between the parts of a block of data, none for another block."""
    chart, rows = block.get("chart"), block.get("rows")
    if block.get("type") == "data_table" and isinstance(rows, list):
        yield from _rows([row for row in rows if isinstance(row, list)], f"{at}/rows")
    if block.get("type") == "data_visualization" and isinstance(chart, dict):
        yield from _chart(chart, f"{at}/chart")


def check_charts(blocks: Sequence[Mapping[str, object]], at: str) -> Iterator[Fault]:
    """Whether a message has more charts than Slack shows."""
    count = sum(block.get("type") == "data_visualization" for block in blocks)
    if count > CHARTS_OF_A_MESSAGE:
        yield Fault(at, Broken.TOO_MANY, f"has {count} charts, at most {CHARTS_OF_A_MESSAGE} are allowed")


def _rows(rows: list[list[object]], at: str) -> Iterator[Fault]:
    cells = [cell for row in rows for cell in row if isinstance(cell, dict)]
    if any(isinstance(cell, dict) and cell.get("type") == "rich_text" for row in rows[:1] for cell in row):
        yield Fault(f"{at}/0", Broken.NOT_ALLOWED, "rich_text cannot stand in the header")
    if len({len(row) for row in rows}) > 1:
        yield Fault(at, Broken.NOT_ALLOWED, "all rows must have the same number of cells")
    length = sum(len(_written(cell)) for cell in cells)
    if length > TABLE_CHARACTERS:
        yield Fault(at, Broken.TOO_LONG, f"the cells have {length} characters, {TABLE_CHARACTERS} are allowed")


def _written(part: object) -> str:
    """The words of a cell, those of its elements among them."""
    if isinstance(part, list):
        return "".join(_written(each) for each in part)
    if not isinstance(part, dict):
        return ""
    shown = part.get("text", part.get("value", ""))
    return f"{shown}{_written(part.get('elements'))}"


def _chart(chart: Mapping[str, object], at: str) -> Iterator[Fault]:
    axes, series = chart.get("axis_config"), chart.get("series")
    drawn = [each for each in series if isinstance(each, dict)] if isinstance(series, list) else []
    for name, count in Counter(str(each.get("name")) for each in drawn).items():
        if count > 1:
            yield Fault(f"{at}/series", Broken.DUPLICATE, f"name {name!r} stands {count} times")
    categories = axes.get("categories") if isinstance(axes, dict) else None
    if not isinstance(categories, list):
        return
    for place, each in enumerate(drawn):
        points = each.get("data")
        labels = [point.get("label") for point in points if isinstance(point, dict)] if isinstance(points, list) else []
        if sorted(map(str, labels)) != sorted(map(str, categories)):
            yield Fault(f"{at}/series/{place}/data", Broken.NOT_ALLOWED, "must have one point for each category")
