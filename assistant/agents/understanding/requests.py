"""The slots of every request that is not a registration form."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import regex

from assistant.agents.understanding.amounts import certain_currency, plain
from assistant.agents.understanding.details import TIERS, Told, after_cue, companies, locales, reason, tier
from assistant.agents.understanding.entities import FILL, Marked
from assistant.agents.understanding.lexicon import Lexicon, pattern
from assistant.agents.understanding.parties import Known, country, customer
from assistant.agents.understanding.pieces import pieces
from assistant.agents.understanding.reading import Intent, Slot, Utterance
from assistant.agents.understanding.reference import customer_of_deal, with_number
from assistant.agents.understanding.registration import chosen_amount, close_day
from assistant.domain.people import Role

Turns = list[tuple[Utterance, Marked]]


@dataclass(frozen=True, slots=True)
class _Request:
    """The last message with the assistant's one before it."""

    marked: Marked
    before: Marked | None
    words: Lexicon
    role: Role
    number: int

    def slot(self, name: str, *values: str, quote: str = "") -> list[Slot]:
        """A slot of the last message, or nothing without a value."""
        return [Slot(name, values, quote or values[0], self.number)] if values and values[0] else []

    def told(self, name: str, told: Told | None) -> list[Slot]:
        """A slot from words with a place."""
        return self.slot(name, told[0]) if told else []


def request_slots(intent: Intent, turns: Turns, words: Lexicon, role: Role) -> tuple[Slot, ...]:
    """What the last message states for this intent, with the deal that the assistant had just named."""
    before = next((marked for message, marked in reversed(turns[:-1]) if not message.by_user), None)
    asked = _Request(turns[-1][1], before, words, role, len(turns) - 1)
    found: dict[str, Slot] = {}
    for read in READERS.get(intent, ()):
        for slot in read(asked):
            found.setdefault(slot.name, slot)
    if intent is Intent.FUND_REQUEST:
        for number, (message, marked) in enumerate(turns[:-1]):
            if message.by_user:
                for slot in _fund(_Request(marked, None, words, role, number)):
                    found.setdefault(slot.name, slot)
    return tuple(found.values())


def _deal_id(asked: _Request) -> list[Slot]:
    ids = list(dict.fromkeys(e.value for e in asked.marked.of("deal_id")))
    if ids:
        return asked.slot("deal_id", ids[0])
    earlier = list(dict.fromkeys(e.value for e in asked.before.of("deal_id"))) if asked.before else []
    return [Slot("deal_id", (earlier[0],), earlier[0], max(0, asked.number - 1))] if len(earlier) == 1 else []


def _customer(asked: _Request) -> list[Slot]:
    named = customer_of_deal(asked.marked, asked.words)
    if named is None:
        parts = pieces(asked.marked)
        found = customer(asked.marked, parts, Known(None, None), asked.words) if parts else None
        named = with_number((found.name, found.start, found.end), asked.marked) if found else None
    return asked.told("customer_name", named)


def _customer_of_partner(asked: _Request) -> list[Slot]:
    return _customer(asked) if asked.role is Role.PARTNER else []


def _partner(asked: _Request) -> list[Slot]:
    for marked in (asked.marked, asked.before):
        found = companies(marked, asked.words) if marked else []
        names = [name for company in found if (name := _without_tier(company.name))]
        if names:
            return asked.slot("partner_name", names[0])
    return []


def _without_tier(name: str) -> str:
    """A partner's name without the tier it was joined with: "Acme" in "how far is Acme from Platinum"."""
    tier = TIERS.search(name)
    if tier is None or tier.end() < len(name):
        return name
    return str(regex.sub(r"\s+\p{Ll}+$", "", name[: tier.start()].rstrip()))


def _partner_of_manager(asked: _Request) -> list[Slot]:
    return [] if asked.role is Role.PARTNER else [s for s in _partner(asked) if s.value in asked.marked.text]


def _partners(asked: _Request) -> list[Slot]:
    return asked.slot("partner_names", *(company.name for company in companies(asked.marked, asked.words)))


def _why(*own: str) -> Callable[[_Request], list[Slot]]:
    def read(asked: _Request) -> list[Slot]:
        return asked.told("reason", reason(asked.marked, pieces(asked.marked), asked.words, own=list(own)))

    return read


def _changes(asked: _Request) -> list[Slot]:
    found = []
    amount, currency = chosen_amount(asked.marked, asked.words)
    found += asked.slot("amount", amount, quote=_mention(asked.marked, amount))
    place = country(asked.marked, None)
    found += asked.slot(
        "currency", certain_currency(currency, country=place.value if place else "", language=asked.words.language)
    )
    closing = close_day(asked.marked, asked.words)
    found += [Slot(closing.name, closing.values, closing.quote, asked.number)] if closing and closing.value else []
    found += _stage(asked)
    found += _competitor(asked)
    for email in asked.marked.of("email")[:1]:
        found += asked.slot("contact_email", email.value)
    return found + _product(asked)


def _competitor(asked: _Request) -> list[Slot]:
    rival = after_cue(asked.marked, "competitor", asked.words, longest=40)
    name = (
        regex.search(r"[\p{Lu}\p{Katakana}][\p{L}\p{N}ー\-]*(?:\s\p{Lu}[\p{L}\p{N}\-]*)*", rival[0]) if rival else None
    )
    return asked.slot("competitor", name.group()) if name else []


def _stage(asked: _Request) -> list[Slot]:
    return asked.slot("stage", *asked.words.named("stages", asked.marked.rest)[-1:])


def _product(asked: _Request) -> list[Slot]:
    return asked.slot("product", *dict.fromkeys(e.value for e in asked.marked.of("product")))


def _close(asked: _Request) -> list[Slot]:
    closing = close_day(asked.marked, asked.words)
    return [Slot("close_date", closing.values, closing.quote, asked.number)] if closing and closing.value else []


def _mention(marked: Marked, amount: str) -> str:
    """The words that tell an amount, "95 mil" for 95000; nothing where they are not in one place."""
    told = (each for each in reversed(marked.amounts) if plain(each.low) == amount)
    return next((marked.text[each.start : each.end].strip() for each in told), "")


def _fund(asked: _Request) -> list[Slot]:
    amount, currency = chosen_amount(asked.marked, asked.words)
    found = asked.slot("fund_amount", amount, quote=_mention(asked.marked, amount)) + asked.slot(
        "currency", certain_currency(currency, country="", language=asked.words.language)
    )
    days = [day.day for day in asked.marked.days if day.day]
    found += asked.slot("event_date", days[0].isoformat()) if days else []
    return found + asked.told("fund_activity", _activity(asked))


def _activity(asked: _Request) -> Told | None:
    """The words for the event: those around a word for one, without the request, the money and the day."""
    words, rest = asked.words, asked.marked.rest
    event = words.find("activity", rest)
    if event is None:
        return None
    stop = regex.search(rf"{FILL}|[,.;:!?\n、。]", rest[event.end() :])
    end = event.end() + (stop.start() if stop else len(rest) - event.end())
    head = regex.split(rf"[{FILL},.;:!?\n、。]", rest[: event.start()])[-1]
    lead = pattern(words.language, "cues", "purpose").search(head)
    start = event.start() - (len(head) - lead.end() if lead else len(COMPOUND.search(head)[0]))
    kept = regex.sub(rf"\s*(?<!\p{{L}})(?:{'|'.join(SMALL_ENDINGS)})\s*$", "", rest[start:end]).strip()
    kept = regex.sub(r"(?:を|の|に|で|は|として|のため(?:に)?)$", "", kept)
    at = rest.index(kept, max(0, start - 1)) if kept else start
    return (kept, at, at + len(kept)) if kept else None


COMPOUND = regex.compile(r"[\p{Han}\p{Katakana}ー]*$")  # what a Japanese word for an event begins with

SMALL_ENDINGS = tuple(
    word
    for line in ("on am le el em dia il op den at for für pour para por per voor", "of in im de vom del dal")
    for word in line.split()
)


def _campaign(asked: _Request) -> list[Slot]:
    found = _product(asked)
    found += asked.slot("channels", *asked.words.named("channels", asked.marked.rest))
    found += asked.slot("locales", *locales(asked.marked, asked.words))
    days = [day.day for day in asked.marked.days if day.day]
    found += asked.slot("event_date", days[0].isoformat()) if days else []
    return found + asked.told("audience", _audience(asked))


def _audience(asked: _Request) -> Told | None:
    """Whom a campaign speaks to: after a word for it, or a "for" that names neither product, place nor channel."""
    told = after_cue(asked.marked, "audience", asked.words)
    if told is not None:
        return told
    for match in asked.words.all("purpose", asked.marked.rest):
        tail = regex.split(rf"[,.;:!?\n{FILL}(（]", asked.marked.rest[match.end() :])
        words = tail[0].strip()
        if len(words) > 3 and not any(asked.words.has(cue, words) for cue in ("campaign", "activity", "write")):
            at = asked.marked.rest.index(words, match.end())
            return words, at, at + len(words)
    return None


def _certification(asked: _Request) -> list[Slot]:
    """A product with the words of a certificate's name after it."""
    text = asked.marked.text
    for product in asked.marked.of("product"):
        tail = regex.match(r"(?:[\s\-](?!zert|cert)\p{Lu}[\p{Latin}]+)+", text[product.end :])
        if tail:
            return asked.slot("certification", text[product.start : product.end] + tail.group())
        return asked.slot("certification", product.value)
    return []


def _recommend(asked: _Request) -> list[Slot]:
    return asked.told("region", _region(asked)) + asked.told(
        "needed_capability", after_cue(asked.marked, "capability", asked.words)
    )


def _region(asked: _Request) -> Told | None:
    places = asked.marked.of("country")
    if places:
        first = places[0]
        return asked.marked.text[first.start : first.end], first.start, first.end
    if asked.words.language == "ja":
        match = regex.search(
            r"[\p{Han}\p{Katakana}]{2,6}(?:地方|地域|エリア|県|市|圏)?(?=で|に(?:いる|ある|強い)|の(?:パートナー|協業))",
            asked.marked.rest,
        )
        return (match.group(), *match.span()) if match else None
    rule = pattern(asked.words.language, "cues", "in_place").pattern
    match = regex.search(
        rf"{rule}\s+(?P<place>(?:the\s|der\s|den\s|la\s|el\s|le\s|il\s)?(?:(?:north|south|east|west|norte|sur|sul|nord|sud|noord|zuid)\p{{L}}*\s)?\p{{Lu}}[\p{{L}}\-]+(?:\s\p{{Lu}}[\p{{L}}\-]+)*)",
        asked.marked.rest,
    )
    return (match["place"], *match.span("place")) if match else None


def _tier(asked: _Request) -> list[Slot]:
    return asked.told("tier", tier(asked.marked.text))


def _industry(asked: _Request) -> list[Slot]:
    return asked.told("industry", after_cue(asked.marked, "industry", asked.words, longest=30))


def _pending_reason(asked: _Request) -> list[Slot]:
    found = _why("reject", "no", "decline")(asked)
    if found:
        return found
    later = asked.words.find("later", asked.marked.text)
    if later is None:
        return []
    text = regex.split(r"[.\n。]", asked.marked.text[later.start() :])[0].strip()
    return asked.slot("reason", text) if len(text) > len(later.group()) + 6 else []


READERS: dict[Intent, tuple[Callable[[_Request], list[Slot]], ...]] = {
    Intent.UPDATE_DEAL: (_deal_id, _changes, _customer, _why("update", "competitor", "closing")),
    Intent.WITHDRAW_DEAL: (_deal_id, _customer, _why("withdraw")),
    Intent.EXTEND_DEAL: (_deal_id, _close, _customer, _why("extend")),
    Intent.DEAL_STATUS: (_deal_id, _partner_of_manager, _customer_of_partner, _stage),
    Intent.INVITE_COSELL: (_deal_id, _partners),
    Intent.RESPOND_COSELL: (_deal_id, _partner, _why("accept", "decline", "invitation", "no", "yes")),
    Intent.RECOMMEND_COSELL: (_deal_id, _recommend, _product),
    Intent.FUND_REQUEST: (_fund, _partner_of_manager),
    Intent.FUND_BALANCE: (_partner_of_manager,),
    Intent.DRAFT_CAMPAIGN: (_campaign,),
    Intent.CERTIFICATIONS: (_certification, _partner_of_manager),
    Intent.TIER_PROGRESS: (_tier, _partner_of_manager),
    Intent.LEARNING_PATH: (_product,),
    Intent.ASK_CONTENT: (_product, _industry, _competitor),
    Intent.APPROVE: (_deal_id,),
    Intent.REJECT: (_deal_id, _pending_reason),
    Intent.CANCEL: (_why("drop"),),
}
