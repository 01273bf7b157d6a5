"""Kits as files: Markdown to read, HTML to mail, CSV for ad tools, JSON for programs, XLIFF for translators."""

from __future__ import annotations

import csv
import dataclasses
import html
import io
import json
from collections.abc import Callable, Iterable, Mapping
from xml.etree import ElementTree as ET

import regex

from assistant.campaigns.kit import Kit, KitField, Status
from assistant.campaigns.segment import Term

LINK = regex.compile(r"https://[^\s<]+")
GLOSSARY = "urn:oasis:names:tc:xliff:glossary:2.0"
FONT = "font-family:system-ui,-apple-system,'Segoe UI',Roboto,'Noto Sans',sans-serif"
BUTTON = "display:inline-block;padding:12px 20px;border-radius:6px;background:#14532d;color:#fff;text-decoration:none"
RIGHT_TO_LEFT = {"ar", "he", "fa"}


def as_markdown(kit: Kit) -> str:
    """Every field with its size, claims, status and reasons."""
    lines = [f"# {kit.campaign}: {kit.locale} ({kit.country})", "", _origin(kit), ""]
    for each in kit.fields:
        lines += [f"## {each.place} {each.position + 1}: {each.status}", "", *_quoted(each.text), ""]
        lines.append(f"{each.size} of {each.hard} {each.unit}; claims: {', '.join(each.claims) or 'none'}")
        lines += [f"- {finding}" for finding in each.findings]
        lines.append("")
    if kit.terms:
        lines += ["## Glossary", "", *(f"- {term.source}: {', '.join(term.approved)}" for term in kit.terms), ""]
    return "\n".join(lines)


def _origin(kit: Kit) -> str:
    if not kit.written_for:
        return "No approved texts in this language: the English master, to be translated."
    inherited = f", inherited from {kit.written_for}" if kit.inherited else ""
    return f"Approved texts{inherited}: {kit.approved_by}."


def _quoted(text: str) -> list[str]:
    return [f"> {line}".rstrip() for line in text.split("\n")]


def as_html(kit: Kit) -> str:
    """The e-mail: subject as title, preheader hidden before the body, the disclosure in sight below.

    The tracked link is a button that says what the landing page's does, or shows the page's address.
    """
    text = {each.place: each.text for each in kit.fields if each.place.startswith(("email.", "landing.cta"))}
    direction = "rtl" if kit.locale.split("-")[0] in RIGHT_TO_LEFT else "ltr"
    button = text.get("landing.cta") or kit.url
    return (
        f'<!doctype html>\n<html lang="{kit.locale}" dir="{direction}">\n<head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{html.escape(text.get('email.subject', ''))}</title></head>\n"
        f'<body style="margin:0;background:#fff;color:#1a1a1a;{FONT}">\n'
        f'<div style="display:none;max-height:0;overflow:hidden">{html.escape(text.get("email.preheader", ""))}</div>\n'
        '<main style="max-width:36rem;margin:0 auto;padding:24px;font-size:16px;line-height:1.5">\n'
        f"{_paragraphs(text.get('email.body', ''), button=button, url=kit.url)}\n</main>\n"
        '<footer style="max-width:36rem;margin:0 auto;padding:0 24px 24px;font-size:14px;line-height:1.5;color:#555">'
        f'<hr style="border:0;border-top:1px solid #ddd">{_paragraphs(text.get("email.footer", ""))}</footer>\n'
        "</body>\n</html>\n"
    )


def _paragraphs(text: str, *, button: str = "", url: str = "") -> str:
    def anchor(found: regex.Match[str]) -> str:
        if button and html.unescape(found[0]).startswith(f"{url}?"):
            return f'<a href="{found[0]}" style="{BUTTON}">{html.escape(button)}</a>'
        return f'<a href="{found[0]}" style="color:inherit">{found[0]}</a>'

    safe = LINK.sub(anchor, html.escape(text, quote=True))
    return "\n".join(f"<p>{part.replace(chr(10), '<br>')}</p>" for part in safe.split("\n\n"))


def as_csv(kit: Kit) -> str:
    """A row a field. Cells that a spreadsheet would run as a formula are quoted with an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("campaign", "locale", "field", "position", "text", "size", "limit", "status", "claims", "reasons"))
    for each in kit.fields:
        reasons = "; ".join(str(finding) for finding in each.reasons)
        row = (kit.campaign, kit.locale, each.place, each.position + 1, each.text, each.size, each.hard, each.status)
        writer.writerow([_cell(str(value)) for value in (*row, " ".join(each.claims), reasons)])
    return out.getvalue()


def _cell(value: str) -> str:
    return f"'{value}" if value[:1] in "=+-@\t\r" and value else value


def as_json(kit: Kit) -> str:
    """The kit as it is."""
    return json.dumps(dataclasses.asdict(kit), ensure_ascii=False, indent=2, default=str)


def as_xliff(kit: Kit) -> str:
    """The work order for a translator: XLIFF 2.0 with waiting fields, limits, names to keep, words of the trade."""
    ET.register_namespace("", "urn:oasis:names:tc:xliff:document:2.0")
    ET.register_namespace("gls", GLOSSARY)
    root = ET.Element(
        "{urn:oasis:names:tc:xliff:document:2.0}xliff", version="2.0", srcLang="en-US", trgLang=kit.locale
    )
    file = ET.SubElement(root, "file", id=kit.campaign)
    notes = ET.SubElement(file, "notes")
    ET.SubElement(notes, "note", category="do-not-translate").text = "; ".join(kit.names)
    ET.SubElement(notes, "note", category="country").text = kit.country
    for each in kit.fields:
        if each.source and (each.status is Status.NEEDS_TRANSLATION or not kit.written_for) and _wording(each):
            _unit(file, each)
    ET.indent(root)
    return ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n"


def _wording(each: KitField) -> bool:
    return each.place != "email.footer"  # said in the reader's language already


def _unit(file: ET.Element, each: KitField) -> None:
    unit = ET.SubElement(file, "unit", id=f"{each.place}.{each.position + 1}", name=each.place)
    if each.terms:
        _sheet(ET.SubElement(unit, f"{{{GLOSSARY}}}glossary"), each.terms)
    notes = ET.SubElement(unit, "notes")
    ET.SubElement(notes, "note", category="limit").text = f"{each.hard} {each.unit}"
    if each.claims:
        ET.SubElement(notes, "note", category="claims").text = ", ".join(each.claims)
    segment = ET.SubElement(unit, "segment", state="initial")
    ET.SubElement(segment, "source").text = each.source


def _sheet(glossary: ET.Element, terms: Iterable[Term]) -> None:
    for term in terms:
        entry = ET.SubElement(glossary, f"{{{GLOSSARY}}}glossEntry")
        ET.SubElement(entry, f"{{{GLOSSARY}}}term").text = term.source
        for form in term.approved:
            ET.SubElement(entry, f"{{{GLOSSARY}}}translation").text = form


Exporter = Callable[[Kit], str]
EXPORTS: Mapping[str, tuple[str, Exporter]] = {
    "markdown": ("md", as_markdown),
    "html": ("html", as_html),
    "csv": ("csv", as_csv),
    "json": ("json", as_json),
    "xliff": ("xlf", as_xliff),
}
