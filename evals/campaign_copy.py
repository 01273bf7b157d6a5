"""Real marketing copy with human translations: pairs from Fluent files, LOCALE/PATH.ftl and LOCALE/brands.ftl."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fluent.syntax import FluentParser, ast
from fluent.syntax.serializer import serialize_expression

# Folder of the corpus to our locale pack, and the brand's form of address there where it has decided for one.
LOCALES = {
    "de": "de-DE", "fr": "fr-FR", "it": "it-IT", "es-ES": "es-ES", "pt-BR": "pt-BR", "nl": "nl-NL",
    "pl": "pl-PL", "sv-SE": "sv-SE", "ja": "ja-JP", "ko": "ko-KR", "zh-CN": "zh-Hans", "ar": "ar",
}  # fmt: skip
ADDRESS = {"de": "informal", "fr": "formal", "ja": "formal"}
SOURCE = "en"


Terms = Mapping[str, ast.Pattern]


@dataclass(frozen=True, slots=True)
class Pair:
    """An English text and its translation, with the brand names of the English one."""

    key: str
    locale: str
    source: str
    target: str
    names: tuple[str, ...]


def pairs(folder: Path, locale: str, *, count: int, seed: int) -> list[Pair]:
    """`count` pairs drawn by the seed among all of a locale; all of them when `count` is 0 or more than there are."""
    found = sorted(_all(folder, locale), key=lambda pair: pair.key)
    if not count or count >= len(found):
        return found
    return random.Random(seed).sample(found, count)  # noqa: S311 - a sample, not a secret


def _all(folder: Path, locale: str) -> Iterator[Pair]:
    sources, targets = _terms(folder / SOURCE), {**_terms(folder / SOURCE), **_terms(folder / locale)}
    plain = {key: _text(value, sources, {})[0] for key, value in sources.items()}
    kept = {
        key: value
        for key, value in plain.items()
        if _text(targets[key], targets, {})[0] == value and not _inflected(targets[key])
    }
    seen = set()
    for path in sorted((folder / locale).rglob("*.ftl")):
        original = folder / SOURCE / path.relative_to(folder / locale)
        if path.name == "brands.ftl" or not original.is_file():
            continue
        english, translated = _messages(original), _messages(path)
        for key in sorted(english.keys() & translated.keys()):
            source, used = _text(english[key], sources)
            target, _ = _text(translated[key], targets)
            if source.strip() and target.strip() and (source, target) not in seen:
                seen.add((source, target))
                names = tuple(sorted({kept[term] for term in used if term in kept}))
                yield Pair(
                    key=f"{path.relative_to(folder)}:{key}", locale=locale, source=source, target=target, names=names
                )


def brands(folder: Path) -> tuple[str, ...]:
    """Every brand name of the corpus; a line of them alone is the same in every language."""
    terms = _terms(folder / SOURCE)
    return tuple(sorted({_text(value, terms, {})[0] for value in terms.values()}))


def _terms(folder: Path) -> Terms:
    path = folder / "brands.ftl"
    resource = FluentParser().parse(path.read_text(encoding="utf-8")) if path.is_file() else ast.Resource([])
    return {entry.id.name: entry.value for entry in resource.body if isinstance(entry, ast.Term)}


@cache
def _messages(path: Path) -> Mapping[str, ast.Pattern]:
    resource = FluentParser().parse(path.read_text(encoding="utf-8"))
    return {entry.id.name: entry.value for entry in resource.body if isinstance(entry, ast.Message) and entry.value}


def _text(pattern: ast.Pattern, terms: Terms, arguments: Mapping[str, str] | None = None) -> tuple[str, frozenset[str]]:
    """The text with its terms written out, and which terms it names. `arguments` are given inside a term alone."""
    out: list[str] = []
    used: set[str] = set()
    for element in pattern.elements:
        if isinstance(element, ast.TextElement):
            out.append(element.value)
            continue
        expression = element.expression
        if isinstance(expression, ast.TermReference) and expression.id.name in terms:
            used.add(expression.id.name)
            out.append(_text(terms[expression.id.name], terms, _named(expression))[0])
        elif isinstance(expression, ast.SelectExpression) and arguments is not None:
            out.append(_text(_chosen(expression, arguments), terms, arguments)[0])
        elif isinstance(expression, ast.StringLiteral):
            out.append(expression.parse()["value"])
        else:
            out.append(f"{{ {serialize_expression(expression)} }}")
    return "".join(out), frozenset(used)


def _inflected(pattern: ast.Pattern) -> bool:
    return any(isinstance(getattr(each, "expression", None), ast.SelectExpression) for each in pattern.elements)


def _named(reference: ast.TermReference) -> Mapping[str, str]:
    named = reference.arguments.named if reference.arguments else []
    return {argument.name.name: str(argument.value.parse()["value"]) for argument in named}


def _chosen(select: ast.SelectExpression, arguments: Mapping[str, str]) -> ast.Pattern:
    wanted = arguments.get(select.selector.id.name) if isinstance(select.selector, ast.VariableReference) else None
    named = (variant.value for variant in select.variants if getattr(variant.key, "name", None) == wanted)
    return next(named, None) or next(variant.value for variant in select.variants if variant.default)
