"""The fields of the deal form: how each is asked for, read back, and named when it is wrong."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from babel import Locale, UnknownLocaleError

from assistant.domain.accounts import countries
from assistant.domain.deals import DealDraft, Period
from assistant.errors import LiaisonError, PrmError, Problem
from assistant.tools.deal_form import PLACES
from assistant.tools.labels import label
from integrations.surfaces.slack.delivery import Json
from prompts.messages import message

VALUE = "value"  # the action_id of every element
COUNTRY = "customer_country"
CONSENT = "consent"
CURRENCIES = (
    *("EUR", "USD", "GBP", "CHF", "JPY", "AUD", "BRL", "CAD", "CNY", "CZK", "DKK", "HKD", "HUF", "IDR", "ILS", "INR"),
    *("KRW", "MXN", "MYR", "NOK", "NZD", "PHP", "PLN", "RON", "SEK", "SGD", "THB", "TRY", "AED", "SAR", "TWD", "ZAR"),
)
NUMBER = re.compile(r"\d{1,15}(\.\d{1,6})?")
MOST_OPTIONS = 100  # of a menu
OPTION_TEXT = 75


@dataclass(frozen=True, slots=True)
class Asked:
    """One field. `longest` is the length of a text; `kind` the element that asks for it."""

    name: str
    kind: str = "plain_text_input"
    required: bool = True
    longest: int = 0
    multiline: bool = False


FIELDS = (
    Asked("customer_name", longest=120),
    Asked("customer_website", required=False, longest=255),
    Asked(COUNTRY, kind="external_select"),
    Asked("customer_state", required=False, longest=80),
    Asked("customer_city", required=False, longest=120),
    Asked("product", longest=120),
    Asked("amount", kind="number_input"),
    Asked("currency", kind="static_select"),
    Asked("period", kind="static_select", required=False),
    Asked("close_date", kind="datepicker"),
    Asked("contact_email", kind="email_text_input"),
    Asked("contact_name", required=False, longest=160),
    Asked("problem", longest=2000, multiline=True),
)
BY_NAME = {field.name: field for field in FIELDS}
BY_PLACE = {PLACES.get(name, name): name for name in BY_NAME} | {
    "contact.first_name": "contact_name",
    "contact.last_name": "contact_name",
    "title": "product",
    "partner_ref": "customer_name",
}
# Codes that validators give, where several mean the same to a person.
SAME = {
    "missing": "required",
    "greater_than": "not_positive",
    "string_too_long": "too_long",
    "decimal_max_digits": "too_long",
    "finite_number": "number",
    "not_said": "required",
}


def field_block(field: Asked, value: str, language: str, *, products: tuple[str, ...]) -> Json:
    """The block that asks for a field, with a value where one is known."""
    block: Json = {
        "type": "input",
        "block_id": field.name,
        "optional": not field.required,
        "label": plain(field_name(field.name, language)),
        "element": _element(field, value, language, products=products),
    }
    hint = {"problem": "slack_hint_problem", "customer_state": "slack_hint_state", "amount": "slack_hint_amount"}
    return block | ({"hint": plain(message(hint[field.name], language))} if field.name in hint else {})


def field_name(name: str, language: str) -> str:
    """What a form calls a field."""
    return capital(label(PLACES.get(name, name), language))


def consent_block(language: str) -> Json:
    """The box that says that the customer knows."""
    option = {"text": plain(message("slack_consent_option", language)[:OPTION_TEXT]), "value": "yes"}
    element = {"type": "checkboxes", "action_id": VALUE, "options": [option]}
    return {
        "type": "input",
        "block_id": CONSENT,
        "label": plain(message("slack_consent", language)),
        "element": element,
    }


def values_of(view: Mapping[str, Json], names: Iterable[str] = (*BY_NAME, CONSENT)) -> dict[str, str]:
    """What somebody filled in, by the names of the inputs; fields left empty are left out."""
    values: Json = (view.get("state") or {}).get("values") or {}
    told = {name: _told(values.get(name, {}).get(VALUE) or {}) for name in names}
    return {name: value for name, value in told.items() if value}


def values_of_draft(draft: DealDraft) -> dict[str, str]:
    """The values of a draft, to edit it."""
    customer, contact = draft.customer, draft.contact
    told = {
        "customer_name": customer.name,
        "customer_website": customer.website,
        COUNTRY: customer.country,
        "customer_state": customer.state,
        "customer_city": customer.city,
        "product": draft.product,
        "amount": f"{draft.value.amount:f}",
        "currency": draft.value.currency,
        "period": draft.period.value,
        "close_date": draft.target_close.isoformat(),
        "contact_email": contact.email,
        "contact_name": " ".join(part for part in (contact.first_name, contact.last_name) if part),
        "problem": draft.problem,
    }
    return {name: value for name, value in told.items() if value}


def errors_of(error: LiaisonError, language: str) -> dict[str, str]:
    """What is wrong, by the block that shows it; every field at once."""
    problems = error.problems if isinstance(error, PrmError) else ()
    told: dict[str, str] = {}
    for problem in problems or (Problem("", "other", error.message),):
        told.setdefault(block_of(problem.field), sentence(problem, language))
    return told


def block_of(place: str) -> str:
    """The block of a field, however its validator calls it; what the form does not ask for is said of the customer."""
    if place in BY_NAME or place == CONSENT:
        return place
    return BY_PLACE.get(place, FIELDS[0].name)


def sentence(problem: Problem, language: str) -> str:
    """What is wrong with a field, in the person's language."""
    code = SAME.get(problem.code, problem.code)
    code = next((known for begin, known in (("decimal", "number"), ("date", "date")) if code.startswith(begin)), code)
    for key in (f"slack_error_{code}_{block_of(problem.field)}", f"slack_error_{code}"):
        try:
            return message(key, language)
        except KeyError:
            continue
    return message("slack_error_other", language, reason=problem.message)[:2000]


@lru_cache(maxsize=32)
def country_choices(language: str) -> tuple[tuple[str, str], ...]:
    """Every country, its code and its name in a language (Unicode CLDR), by name."""
    names = _locale(language).territories
    return tuple(sorted(((code, str(names.get(code, code))) for code in countries()), key=lambda each: each[1]))


def country_options(typed: str, language: str) -> list[Json]:
    """The countries that begin with, contain or are coded as what was typed."""
    wanted = typed.strip().casefold()
    ranked = [
        (code.casefold() != wanted, not name.casefold().startswith(wanted), name, code)
        for code, name in country_choices(language)
        if wanted == code.casefold() or wanted in name.casefold()
    ]
    return [option(code, name) for *_order, name, code in sorted(ranked)[:MOST_OPTIONS]]


def option(value: str, text: str) -> Json:
    """One line of a menu."""
    return {"text": plain(text[:OPTION_TEXT]), "value": value}


def plain(text: str) -> Json:
    """Text without markup."""
    return {"type": "plain_text", "text": text}


def _element(field: Asked, value: str, language: str, *, products: tuple[str, ...]) -> Json:
    made: Json = {"type": field.kind, "action_id": VALUE}
    if field.name == COUNTRY:
        made |= {"min_query_length": 1}
        known = dict(country_choices(language))
        return made | ({"initial_option": option(value, known[value])} if value in known else {})
    choices = _choices(field.name, language, products)
    if choices:
        made |= {"type": "static_select", "options": choices}
        chosen = [each for each in choices if each["value"].casefold() == value.casefold()]
        return made | ({"initial_option": chosen[0]} if chosen else {})
    if field.kind == "datepicker":
        return made | ({"initial_date": value} if _day(value) else {})
    if field.kind == "number_input":
        made |= {"is_decimal_allowed": True, "min_value": "0.01"}
        return made | ({"initial_value": value} if NUMBER.fullmatch(value) else {})
    if field.longest:
        made |= {"max_length": field.longest, "multiline": field.multiline}
    return made | ({"initial_value": value[: field.longest or 80]} if value else {})


def _choices(name: str, language: str, products: tuple[str, ...]) -> list[Json]:
    match name:
        case "currency":
            names = _locale(language).currencies
            return [option(code, f"{code} – {names.get(code, code)}") for code in CURRENCIES]
        case "period":
            return [option(each.value, message(f"slack_period_{each.value}", language)) for each in Period]
        case "product":
            return [option(code, capital(code)) for code in products[:MOST_OPTIONS]]
    return []


def _told(element: Json) -> str:
    chosen = element.get("selected_option") or next(iter(element.get("selected_options") or ()), None)
    told = chosen["value"] if chosen else element.get("selected_date") or element.get("value")
    return str(told).strip() if told is not None else ""


def _day(value: str) -> bool:
    try:
        return date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


def capital(text: str) -> str:
    """Text as a line begins."""
    return text[:1].upper() + text[1:]


def _locale(language: str) -> Locale:
    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return Locale("en")


def said_in(values: Mapping[str, str]) -> str:
    """What was filled in, as words of whoever filled it in."""
    return "\n".join(values.values())
