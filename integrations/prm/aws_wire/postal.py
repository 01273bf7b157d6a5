"""Postal codes, country by country, as Partner Central takes them."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

FILE = Path(__file__).with_name("postal_codes.yaml")
SIGNS = {"#": "[0-9]", "@": "[A-Za-z]"}


class _Format(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    codes: tuple[str, ...]
    countries: frozenset[str]


class _File(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")
    formats: tuple[_Format, ...]
    without: frozenset[str]


def postal_flaw(country: str, code: str) -> str:
    """What is wrong with the postal code of a country ("" for none given); empty when nothing is."""
    if not takes_postal_code(country):
        return f"{country} has no postal codes; leave it out" if code else ""
    if not code:
        return "is required"
    shapes = next((each.codes for each in _read().formats if country in each.countries), ())
    if not shapes or any(_pattern(each).fullmatch(code) for each in shapes):
        return ""
    return f"must look like {' or '.join(shapes)} for {country}, where # is a digit and @ a letter"


def takes_postal_code(country: str) -> bool:
    """Whether addresses there have a postal code."""
    return country not in _read().without


def example(country: str) -> str:
    """A postal code that looks right for a country; empty where there are none."""
    if not takes_postal_code(country):
        return ""
    shape = next((each.codes[0] for each in _read().formats if country in each.countries), "#####")
    return shape.replace("#", "1").replace("@", "A")


@cache
def _read() -> _File:
    return _File.model_validate(yaml.safe_load(FILE.read_text(encoding="utf-8")))


@cache
def _pattern(shape: str) -> re.Pattern[str]:
    return re.compile("".join(SIGNS.get(sign, re.escape(sign)) for sign in shape))
