"""The slots of a deal registration that one message states."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from itertools import pairwise

import regex

from assistant.agents.understanding.amounts import Amount, certain_currency, plain
from assistant.agents.understanding.details import Told, after_cue, companies, period
from assistant.agents.understanding.entities import FILL, Entity, Marked
from assistant.agents.understanding.lexicon import Lexicon, pattern
from assistant.agents.understanding.parties import Company, Known, city, country, customer
from assistant.agents.understanding.people import Person, contact, contact_email
from assistant.agents.understanding.pieces import Piece, label, pieces
from assistant.agents.understanding.problem import problem
from assistant.agents.understanding.reading import Slot

COUNT = r"(?<![\d.,])(?P<n>\d{1,3}(?:[.,]\d{3})*|\d+)"
NEAR = 40  # characters around a day in which words say what it is for
TIMES = r"(?:×|x|\*|à|@|mal|times|je|zu je|at|por|名|台|席|本|件|ライセンス|ユーザー)"


def deal_slots(
    marked: Marked,
    words: Lexicon,
    *,
    manager: bool = False,
    asked: str = "",
    known: frozenset[str] = frozenset(),
    checking: bool = False,
    by_user: bool = True,
) -> list[Slot]:
    """What a message states of a deal; a correction's last value wins. `asked` is the question it answers."""
    parts = pieces(marked)
    email = contact_email(marked, words)
    person = contact(marked, parts, email, words)
    filer = _filed_for(marked, words) if manager else None
    about = customer(_without(marked, filer), parts, Known(email, person), words)
    if known >= {"customer_name"} and about is not None and about.score < 5:
        about = None
    place = country(marked, about)
    town = city(marked, parts, about, place, words)
    slots = _named(about, place, town, person, email, text=marked.text)
    slots += _facts(marked, parts, words)
    if filer:
        slots.append(Slot("partner_name", (filer[0],), filer[0]))
    slots += (
        _free(marked, parts, _taken(about, town, person, filer), words, asked=asked, known=known, by_user=by_user)
        if not checking
        else []
    )
    slots += _answer(marked, slots, asked, words)
    return slots


def settle(slots: Mapping[str, Slot], *, language: str) -> tuple[Slot, ...]:
    """The slots of all messages together: the currency is decided by the customer's country, what stays open falls."""
    kept = dict(slots)
    currency = kept.get("currency")
    if currency is not None:
        place = kept["customer_country"].value if "customer_country" in kept else ""
        code = certain_currency(currency.value, country=place, language=language)
        if code:
            kept["currency"] = Slot("currency", (code,), currency.quote, currency.message)
        else:
            del kept["currency"]
    return tuple(slot for slot in kept.values() if slot.value)


def _named(
    about: Company | None,
    place: Entity | None,
    town: tuple[str, int] | None,
    person: Person | None,
    email: Entity | None,
    *,
    text: str,
) -> list[Slot]:
    found = []
    if about is not None:
        found.append(Slot("customer_name", (about.name,), about.name))
    if place is not None:
        found.append(Slot("customer_country", (place.value,), text[place.start : place.end]))
    if town is not None and (person is None or town[0] != person.name):
        found.append(Slot("customer_city", (town[0],), town[0]))
    if person is not None:
        found.append(Slot("contact_name", (person.name,), person.name))
        if person.role:
            found.append(Slot("contact_role", (person.role,), person.role))
    if email is not None:
        found.append(Slot("contact_email", (email.value,), email.value))
    return found


def _facts(marked: Marked, parts: list[Piece], words: Lexicon) -> list[Slot]:
    found = []
    products = marked.of("product")
    if products:
        between = marked.text[products[0].end : products[-1].start]
        names = dict.fromkeys(p.value for p in (products[-1:] if words.has("correction", between) else products))
        distinct = list({name.lower().split()[-1]: name for name in names}.values())
        found.append(Slot("product", (" + ".join(distinct),), products[0].value))
    found += [Slot("customer_domain", (domain.value,), domain.value) for domain in marked.of("domain")[:1]]
    found += _money(marked, words)
    closing = close_day(marked, words)
    if closing is not None:
        found.append(closing)
    for stage in words.named("stages", marked.rest)[:1]:
        match = pattern(words.language, "stages", stage).search(marked.rest)
        if stage != "lost" and match:
            found.append(Slot("stage", (stage,), match.group()))
    rival = after_cue(marked, "competitor", words, longest=30) or _labelled(parts, "competitor", words)
    if rival is not None and regex.match(r"\p{Lu}|\p{Katakana}", rival[0]):
        name = regex.match(r"[\p{Lu}\p{Katakana}][\p{L}\p{N}ー\-]*(?:\s\p{Lu}[\p{L}\p{N}\-]*)*", rival[0])
        found.append(Slot("competitor", (name.group() if name else rival[0],), rival[0]))
    return found


def _labelled(parts: list[Piece], name: str, words: Lexicon) -> Told | None:
    """The piece after a label."""
    for before, after in pairwise(parts):
        if label(before, words) == name:
            return after.text, after.start, after.end
    return None


def _money(marked: Marked, words: Lexicon) -> list[Slot]:
    amount, currency = chosen_amount(marked, words)
    found = []
    if amount:
        said = [marked.text[each.start : each.end] for each in marked.amounts if plain(each.low) == amount]
        found.append(Slot("amount", (amount,), said[-1].strip() if said else amount))
    elif marked.amounts:
        found.append(Slot("amount", ("",), ""))
    if currency:
        found.append(Slot("currency", (currency,), currency))
    told = period(marked, words)
    if told:
        found.append(Slot("amount_period", (told,), told))
    return found


def chosen_amount(marked: Marked, words: Lexicon) -> tuple[str, str]:
    """The one amount that is meant and the currency; an empty amount when it is a range or two values stand."""
    money = [amount for amount in marked.amounts if not amount.bare] or list(marked.amounts)
    product = _product_of_two(marked, money)
    if product is not None:
        return product
    if not money:
        return "", ""
    currency = next((amount.currency for amount in reversed(money) if amount.currency), "")
    corrected = words.has("correction", marked.text)
    last = money[-1]
    if corrected and len(marked.amounts) > 1:
        last = marked.amounts[-1]
        first = marked.amounts[0]
        low = (
            last.low * first.scale if last.scale == 1 and last.low < 1000 <= first.low and first.scale > 1 else last.low
        )
        last = Amount(low, low, last.currency, last.start, last.end)
    elif len({(amount.low, amount.high) for amount in money}) > 1:
        return "", currency
    return (plain(last.low) if last.exact else ""), currency


def _product_of_two(marked: Marked, money: list[Amount]) -> tuple[str, str] | None:
    """Count times unit price, both explicit: "120 users x 15 GBP"."""
    for unit in money:
        if not unit.exact or not unit.currency:
            continue
        before = marked.text[max(0, unit.start - 40) : unit.start]
        count = regex.search(
            rf"{COUNT}\s?(?:[\p{{L}}\-]+\s?){{0,3}}?\s?{TIMES}\s?(?:×|x|a|à|je)?\s*$",
            before,
            regex.IGNORECASE,
        )
        after = regex.match(
            r"\s?(?:×|x|\*|mal|times|por|per)\s?(?P<n>\d{1,6})(?!\d)", marked.text[unit.end : unit.end + 20]
        )
        found = count or after
        if found:
            return plain(unit.low * Decimal(regex.sub(r"[.,]", "", found["n"]))), unit.currency
    return None


def close_day(marked: Marked, words: Lexicon) -> Slot | None:
    """The day the deal is to close: after a closing word, else the only one, else the last of a correction.

    The day of a meeting whose notes were pasted is none.
    """
    days = [day for day in marked.days if not _of_a_meeting(marked.text, day.start, day.end, words)]
    if not days:
        return None
    exact = [day for day in days if day.day is not None]
    corrected = words.has("correction", marked.text) and len(exact) > 1
    chosen = exact[-1] if corrected else None
    if chosen is None:
        # A day in figures before one in words: notes of "today's meeting" are not signed today.
        for day in sorted(days, key=lambda day: not any(map(str.isdigit, marked.text[day.start : day.end]))):
            before = regex.split(r"[.;\n。]", marked.text[max(0, day.start - 40) : day.start])[-1]
            if pattern(words.language, "cues", "closing").search(before):
                chosen = day
                break
    if chosen is None:
        chosen = (
            exact[0]
            if exact and len({day.day for day in exact}) == 1
            else days[-1]
            if len(days) == 1
            else (exact[-1] if exact else days[-1])
        )
    value = chosen.day.isoformat() if chosen.day else ""
    return Slot("close_date", (value,), marked.text[chosen.start : chosen.end])


def _of_a_meeting(text: str, start: int, end: int, words: Lexicon) -> bool:
    """Whether somebody met, called or took notes that day: a word for it stands just before it or after it."""
    before = regex.split(r"[.;\n。、，]", text[max(0, start - NEAR) : start])[-1]
    after = regex.split(r"[.;\n。、，,]", text[end : end + NEAR])[0]
    signs = words.has("closing", after) or (words.find("closing", before) and not words.has("meeting", before))
    return not signs and (words.has("meeting", before) or words.has("meeting", after))


def _filed_for(marked: Marked, words: Lexicon) -> Told | None:
    """The partner a channel manager files for."""
    if words.language == "ja":
        name = r"(?P<name>[\p{Han}\p{Katakana}\p{Latin}ー・]{2,20}?)"
        instead = r"(?:の代理で?|に代わって|に代わり|の代わりに|からの依頼で|名義で)"
        rule = rf"(?:パートナー(?:企業)?(?:の|：|である))?{name}(?:社|様|さん)?{instead}"
        match = regex.search(rule, marked.rest) or regex.search(
            r"パートナー(?:企業)?(?:の|：|は)(?P<name>[\p{Han}\p{Katakana}\p{Latin}ー・]{2,20})", marked.rest
        )
        return (match["name"], *match.span("name")) if match else None
    for cue in words.all("for_partner", marked.rest):
        for company in companies(marked, words):
            if 0 <= company.start - cue.end() <= 3:
                return company.name, company.start, company.end
    return None


def _without(marked: Marked, filer: Told | None) -> Marked:
    if filer is None:
        return marked
    taken = Entity("partner", filer[0], filer[1], filer[2])
    return Marked(
        marked.text, tuple(sorted((*marked.entities, taken), key=lambda e: e.start)), marked.days, marked.amounts
    )


def _taken(
    about: Company | None, town: tuple[str, int] | None, person: Person | None, filer: Told | None
) -> list[tuple[int, int]]:
    spans = [(about.start, about.end)] if about else []
    spans += [(town[1], town[1] + len(town[0]))] if town else []
    spans += [(person.start, person.end + (len(person.role) + 3 if person.role else 0))] if person else []
    return spans + ([(filer[1], filer[2])] if filer else [])


def _free(
    marked: Marked,
    parts: list[Piece],
    taken: list[tuple[int, int]],
    words: Lexicon,
    *,
    asked: str,
    known: frozenset[str],
    by_user: bool,
) -> Iterable[Slot]:
    told = problem(parts, taken, marked.text, words, by_user=by_user)
    if told is None or (asked and "problem" in known and not words.has("problem_word", marked.text)):
        return []
    corrected = asked and words.has("correction", marked.text) and not words.has("trouble", told[0])
    return [] if corrected else [Slot("problem", (told[0],), told[0])]


def _answer(marked: Marked, slots: list[Slot], asked: str, words: Lexicon) -> list[Slot]:
    """A bare answer to a question for one free-text slot is its value."""
    have = {slot.name for slot in slots}
    text = marked.text.strip(" .。!！")
    if (
        not asked
        or not regex.search(r"[?？]", asked)
        or words.has("unknown", text)
        or words.has("no", text)
        or len(text) > 160
        or "?" in text
    ):
        return []
    question = regex.split(r"(?<=[.。!])\s*", asked.strip())[-1]
    wanted = [name for name in ("problem", "customer_name", "contact_name") if words.has(f"asks_{name}", question)]
    if len(wanted) == 1 and wanted[0] not in have and FILL not in marked.rest and not words.has("yes", text[:12]):
        return [Slot(wanted[0], (text,), text)]
    return []
