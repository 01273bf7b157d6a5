"""What rules and forms complain of, and the codes of records, in the words of the person who reads them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import regex

from assistant.domain.accounts import countries
from assistant.domain.written import amount_told, country_told, day_told, listed
from assistant.tools.sentences import found_again
from prompts.messages import message

COMPLAINTS = tuple(
    f"says_{name}"
    for name in (
        "membership", "tier", "country", "currency", "minimum", "large", "source", "named_account", "engaged", "own",
        "checked", "identify", "certificate", "level", "capacity", "latest", "territory", "several", "use", "short",
        "state", "past", "missing", "unsaid", "which_deal", "no_product", "no_deal",
        "locked",
        "not_active", "not_withdrawn", "ended", "no_decision", "filed", "theirs", "owner", "no_invitation",
        "no_partner", "no_record", "several_partners", "several_wait", "no_allocation", "email", "web", "duns",
        "phone", "above_zero", "decimals", "lost_reason", "lost_only", "campaign", "mdf", "no_model", "not_answered",
    )
)  # fmt: skip
RULE = regex.compile(r" \(rule ([^)]+)\)$")
AMOUNT = regex.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?: [A-Z]{3})?|\d+(?:\.\d+)? [A-Z]{3}")
FUND = regex.compile(r"(?P<left>[\d,.]+ [A-Z]{3}) until (?P<until>\d{4}-\d{2}-\d{2})")
DAY = regex.compile(r"\d{4}-\d{2}-\d{2}")
NONE = "none"
TO_A_MODEL = "; ask "  # what follows is told to a model alone
KINDS = {"says_membership": "status", "says_source": "source"}  # of the codes that a complaint names
RULES_SPEAK, OR = "en", " or "
TO_A_PERSON = {
    "the requester": "you",
    "when the stage is closed_lost": "for a lost deal",
    "needs the stage closed_lost": "is only for a lost deal",
    "(true or false)": "(yes or no)",
    "E.164, such as": "an international number such as",
}
PERSONAL = regex.compile("|".join(map(regex.escape, TO_A_PERSON)))
CODED = frozenset({"kind", "lost_reason", "period", "source", "stage", "status"})
TRUTH = {"true": "code_yes", "false": "code_no"}


def complaint(told: str, language: str) -> str:
    """A finding of a rule or a problem of a form in a language; as it stands where nobody translated it."""
    rule = RULE.search(told)
    plain = RULE.sub("", told).split(TO_A_MODEL)[0]
    found = found_again(plain, COMPLAINTS)
    said = message(found[0], language, **_values(*found, language)) if found else plain
    if language.startswith(RULES_SPEAK):  # the words that rules and tools use to a model are those they are found by
        said = PERSONAL.sub(lambda words: TO_A_PERSON[words[0]], said)
    return message("says_by_rule", language, told=said, rule=rule[1]) if rule else said


def _values(key: str, values: Mapping[str, str], language: str) -> dict[str, str]:
    """What a complaint names: codes, days, amounts and countries as people of the language say them."""
    kind = KINDS.get(key)
    if kind and not language.startswith(RULES_SPEAK):
        return {name: " / ".join(code_told(kind, each, language) for each in values[name].split(OR)) for name in values}
    return {name: _told(name, value, language) for name, value in values.items()}


def _told(name: str, value: str, language: str) -> str:
    """One of the values that rules write in figures and codes."""
    if AMOUNT.fullmatch(value):
        number, _, currency = value.replace(",", "").partition(" ")
        return amount_told(Decimal(number), currency, language).strip()
    if value == NONE:
        return message("says_none", language)
    if FUND.search(value):
        return str(FUND.sub(lambda fund: _fund_told(fund, language), value))
    if DAY.fullmatch(value):
        return day_told(date.fromisoformat(value), language)
    codes = value.split(", ")
    if countries().issuperset(codes):
        return listed((country_told(code, language) for code in codes), language)
    return code_told(name, value, language)


def _fund_told(fund: regex.Match[str], language: str) -> str:
    until = message("invitation_until", language, day=_told("day", fund["until"], language))
    return f"{_told('left', fund['left'], language)} {until}"


def code_told(path: str, value: str, language: str) -> str:
    """A value of a record as people say it: "one-off" for the period "once", yes for true."""
    name = path.rpartition(".")[2]
    known = f"{name}_" if name in {"role", "state"} else f"code_{name}_" if name in CODED else ""
    key = TRUTH.get(value, f"{known}{value}" if known else "")
    try:
        return message(key, language) if key else value
    except KeyError:
        return value
