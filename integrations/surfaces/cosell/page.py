"""Co-sell advice as HTML: one template for the page of the server and for a file that needs nothing else."""

from __future__ import annotations

from functools import cache
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from assistant.cosell.advice import Advice
from integrations.surfaces.cosell.partner_view import PartnerView
from integrations.surfaces.cosell.view import AdviceView, ExcludedView
from prompts.messages import message
from prompts.page import page_language, page_texts

TEMPLATES = Path(__file__).parent
STYLE = Path(__file__).parents[1] / "http" / "static" / "style.css"
HALF = 100  # width of half a bar


def standalone(advice: Advice, language: str) -> str:
    """A whole page that loads nothing: style inside, no scripts, and a policy that forbids any."""
    told = page_language([language])
    page = _environment().get_template("standalone.html")
    return page.render(t=page_texts(told), ui=told, style=_style(), **shown(advice, told))


def shown(advice: Advice, language: str) -> dict[str, object]:
    """What the template of the advice takes besides the texts of the page."""
    view = AdviceView.of(advice, language)
    names = {name: partner.display_name for name, partner in advice.partners.items()}
    return {
        "advice": view,
        "names": names,
        "excluded": [(rule, list(each)) for rule, each in _by_rule(view.excluded, language)],
        "widest": {item.id: _widest(item) for item in _partners(view)},
        "half": HALF,
    }


def _partners(view: AdviceView) -> list[PartnerView]:
    return [*view.ranked, *(why.partner for why in view.why if why.partner)]


def _widest(item: PartnerView) -> float:
    """The points that fill half a bar."""
    return max([abs(reason.points) for reason in item.reasons], default=1.0) or 1.0


def _by_rule(excluded: list[ExcludedView], language: str) -> list[tuple[str, list[ExcludedView]]]:
    ordered = sorted(excluded, key=lambda item: (item.rule, item.name))
    return [
        (message(f"cosell_rule_{rule}", language), list(items))
        for rule, items in groupby(ordered, key=lambda item: item.rule)
    ]


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


@cache
def _style() -> Markup:
    return Markup(STYLE.read_text(encoding="utf-8"))  # noqa: S704 - our own file
