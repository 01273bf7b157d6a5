"""What a message wants: by what the assistant asked before it, then by the words and facts of the message itself."""

from __future__ import annotations

from collections.abc import Callable

import regex

from assistant.agents.understanding.entities import DEAL_ID
from assistant.agents.understanding.lexicon import Lexicon, lexicon, pattern
from assistant.agents.understanding.reading import Intent
from assistant.agents.understanding.said import Before, Said
from assistant.agents.understanding.standing import about_status, inside, lists, stands

SHORT = 60
LONGEST_YES = 60  # characters; who says yes to a change says little else, and a long text that has the word is no yes
ENOUGH_FACTS = 3
LOOKED_UP = {Intent.DEAL_STATUS, Intent.TIER_PROGRESS, Intent.CERTIFICATIONS, Intent.FUND_BALANCE, Intent.ASK_CONTENT}
OTHER_WISHES = ("withdraw", "update", "correction", "extend", "drop", "escalate")  # beside which a yes is none to this


def intent_of(said: Said, before: Before) -> Intent:
    """The intent of the last message."""
    if before.asked:
        answered = _of_listed(said, before) or _answer(said, before)
        if answered is not None:
            return answered
    for rule in RULES:
        found = rule(said)
        if found is not None:
            return found
    if before.intent is not None and before.asked and not said.asks:
        return before.intent
    return Intent.ASK_CONTENT if said.has("domain") or said.marked.of("product") else Intent.OUT_OF_SCOPE


def accepts(said: Said) -> bool:
    """Whether an invitation is accepted rather than declined."""
    return not said.has("no", "later", "decline")


def _of_listed(said: Said, before: Before) -> Intent | None:
    """A decision on what was just listed: "approve it", "accept it"."""
    if said.asks or said.has("hedge"):
        return None
    if before.intent is Intent.COSELL_INVITATIONS and said.has("accept", "decline") and len(said.own) < SHORT:
        return Intent.RESPOND_COSELL
    listed = before.intent is Intent.DEAL_STATUS and DEAL_ID.search(before.asked)
    if not listed or not said.has("approve", "reject"):
        return None
    return Intent.REJECT if said.has("reject") else Intent.APPROVE


def _answer(said: Said, before: Before) -> Intent | None:
    """The intent when the assistant waits for something; None when the message starts something else."""
    words = said.words
    invited = words.has("invitation", before.asked)
    last = regex.split(r"(?<=[.。!！])\s*", before.asked.strip())[-1]
    # What we ask in a language that nobody translated our messages into, we ask in English.
    asks = words.has("asks_approval", before.asked) or lexicon("en").has("asks_approval", before.asked)
    pending = asks and not words.has("asks_open", last)
    fresh = said.facts >= ENOUGH_FACTS and (said.has("register") or before.intent in LOOKED_UP)
    if fresh and before.intent not in {None, Intent.REGISTER_DEAL, Intent.CHECK_DEAL}:
        return Intent.REGISTER_DEAL  # a whole registration is no answer to a question about something else
    if _changes(said) and (pending or before.intent is not None):
        return before.intent or Intent.REGISTER_DEAL
    if said.has("drop") and not said.deal and len(said.own) < 2 * SHORT:
        return Intent.CANCEL
    verdict = _verdict(said) if (invited or pending) and not fresh else None
    if verdict is None or (verdict and not invited and len(said.own.strip()) > LONGEST_YES):
        return _continued(said, before)
    if invited:
        return Intent.RESPOND_COSELL
    return Intent.APPROVE if verdict else Intent.REJECT


def _changes(said: Said) -> bool:
    """Whether the message states or corrects a value of what is on the table."""
    asks = said.asks and not (said.has("correction") and not regex.search(r"[?？]", said.own))
    if said.deal or asks:
        return False
    kinds = ("email", "product", "country")
    stated = bool(said.marked.amounts) or any(said.marked.of(kind) for kind in kinds)
    corrected = said.has("correction", "update") and said.facts > 0
    return corrected or (stated and not said.has("reject", "decline", "later"))


def _continued(said: Said, before: Before) -> Intent | None:
    """Another request when the message makes one, else the open one."""
    own = next((found for rule in RULES if (found := rule(said)) is not None), None)
    if own is not None and own not in {Intent.REGISTER_DEAL, Intent.FEEDBACK}:
        question = regex.search(r"[?？]", before.asked) is not None
        answering = before.intent is not None and question and not said.asks and not said.deal and not said.has("wish")
        return before.intent if answering and own not in {Intent.ESCALATE, Intent.CANCEL} else own
    if (own is Intent.FEEDBACK and not said.facts) or (own is Intent.REGISTER_DEAL and before.intent in LOOKED_UP):
        return own
    if said.asks and not said.facts:
        return None
    return before.intent or (Intent.REGISTER_DEAL if said.facts or own else None)


def _verdict(said: Said) -> bool | None:
    """Yes, no, or neither; a yes with a condition, a question or another wish is no yes."""
    if said.has("no", "later", "decline", "reject"):
        return False
    if not said.has("yes", "approve") or said.has("hedge", *OTHER_WISHES) or regex.search(r"[?？]", said.own):
        return None
    return True


def _escalate(said: Said) -> Intent | None:
    return Intent.ESCALATE if said.has("escalate") and said.facts < ENOUGH_FACTS else None


def _registration(said: Said) -> Intent | None:
    """A message full of facts is a registration, whatever else its words remind of."""
    address = bool(said.marked.of("email"))
    full = said.facts >= ENOUGH_FACTS and (address or bool(said.marked.of("product")))
    if not full or said.deal or said.has("fund") or (said.has("campaign") and not address):
        return None
    return Intent.CHECK_DEAL if said.has("only_check") else Intent.REGISTER_DEAL


def _general(said: Said) -> Intent | None:
    """A question about the programme and nobody in particular: "what does each tier bring", "if two partners …"."""
    particular = said.deal or any(said.marked.of(kind) for kind in ("email", "country")) or said.marked.amounts
    mine = said.has("wish") or (said.has("ours") and said.has("tier_move", "status", "standing"))
    return Intent.ASK_CONTENT if said.asks and said.has("general") and not (particular or mine) else None


def _lists(said: Said) -> Intent | None:
    named = said.deal or said.facts >= ENOUGH_FACTS or (said.has("open_deals") and _checks(said))
    return Intent.DEAL_STATUS if lists(said.own, said.words) and not named else None


def _invitation(said: Said) -> Intent | None:
    if said.has("invitations") and not said.has("accept", "decline", "activity", "write"):
        return Intent.COSELL_INVITATIONS if inside("policy", "invitations", said) else None
    if said.has("invitation") and said.has("accept", "decline"):
        return Intent.RESPOND_COSELL
    if said.has("invite"):
        return Intent.INVITE_COSELL
    return Intent.RECOMMEND_COSELL if said.has("recommend") else None


def _change(said: Said) -> Intent | None:
    about = said.deal or said.has("registration")
    if said.has("policy") and not said.deal:
        return None
    if about and said.has("withdraw"):
        return Intent.WITHDRAW_DEAL
    if said.has("extend") and (about or said.names or said.has("protection")):
        return Intent.EXTEND_DEAL
    return None


def _funds(said: Said) -> Intent | None:
    if not said.has("fund"):
        return None
    if said.has("fund_left") and not said.marked.amounts:
        return Intent.FUND_BALANCE
    if said.marked.amounts or said.has("fund_ask"):
        return Intent.ASK_CONTENT if said.has("policy") and not said.marked.amounts else Intent.FUND_REQUEST
    return Intent.ASK_CONTENT if said.asks and said.has("policy") else Intent.FUND_BALANCE


def _campaign(said: Said) -> Intent | None:
    if not said.has("campaign") or (said.asks and not said.has("write", "wish")):
        return None
    return Intent.DRAFT_CAMPAIGN if said.has("write", "wish") or said.marked.of("product") else None


def _plain_register(said: Said) -> Intent | None:
    """Told to register with at least one fact, not asked about registering."""
    told = said.has("register") and said.facts > 0 and not said.deal and not said.asks
    told = told and (said.facts > 1 or not said.has("update"))  # one new value of "the deal with Orrin"
    return Intent.REGISTER_DEAL if told and not said.has("policy", "only_check", "check") else None


def _standing(said: Said) -> Intent | None:
    """Learning, certificates and tiers: three things that are asked for with some of the same words."""
    if said.has("open_deals"):
        return None  # "affaires en cours" are no courses
    if said.has("learning"):
        return Intent.LEARNING_PATH
    if said.has("certificate") and (said.has("ours") or not said.has("policy")):
        return Intent.CERTIFICATIONS
    from_tier = said.has("tier") or (_names_tier(said) and said.has("tier_move"))
    if said.has("status") and said.has("registration") and not _names_tier(said):
        return None  # the status of a deal, where the word for it is also the one for a tier
    return Intent.TIER_PROGRESS if from_tier else None


def _names_tier(said: Said) -> bool:
    from assistant.agents.understanding.details import TIERS  # noqa: PLC0415

    return TIERS.search(said.own) is not None


def _update(said: Said) -> Intent | None:
    staged = bool(said.words.named("stages", said.own)) and not said.asks
    if said.deal and (said.has("update") or staged) and not said.has("approve_id"):
        return Intent.UPDATE_DEAL
    asked = "?" in said.own and said.has("status", "standing")
    if said.has("update") and said.has("registration") and not asked and not said.has("policy"):
        return Intent.UPDATE_DEAL
    return None


def _named_update(said: Said) -> Intent | None:
    """A new value beside a name and no word for a deal: "the amount at Orrin is 95,000 EUR now"."""
    told = said.has("update") and said.facts > 0 and "?" not in said.own and not said.has("policy")
    return Intent.UPDATE_DEAL if told and said.names and not _names_tier(said) else None


def _decision(said: Said) -> Intent | None:
    """A decision without a question before it: "approve REG-1", "reject REG-1 because it is ours"."""
    if said.has("awaits_me") or (not _told_first(said) and (said.asks or said.has("status"))):
        return None
    if said.has("reject") and (said.deal or len(said.own) < SHORT):
        return Intent.REJECT
    return Intent.APPROVE if said.has("approve_id") or (said.deal and said.has("approve")) else None


def _told_first(said: Said) -> bool:
    """Whether a message that has no question mark names a deal and begins with the decision on it."""
    if not said.deal or regex.search(r"[?？]", said.own):
        return False
    decided = [found.start() for cue in ("approve", "reject") if (found := said.words.find(cue, said.own))]
    doubts = [found.start() for cue in ("question", "status") if (found := said.words.find(cue, said.own))]
    return bool(decided) and min(decided) <= min(doubts, default=len(said.own))


def _look(said: Said) -> Intent | None:
    if said.has("awaits_me") or (said.asks and stands(said)):
        return Intent.DEAL_STATUS
    if (said.has("only_check") or _checks(said)) and not said.has("policy"):
        return Intent.CHECK_DEAL
    if (said.has("status") or (said.deal and said.asks)) and (
        said.deal or about_status(said) or not said.has("policy")
    ):
        return Intent.DEAL_STATUS
    return None


def _checks(said: Said) -> bool:
    """Whether it is asked if a customer is free; "which deals are open" asks for the deals."""
    return said.has("check") and not (said.has("open_deals") and inside("check", "open_deals", said))


def _register(said: Said) -> Intent | None:
    if not said.has("register"):
        return None
    if said.has("policy") or (said.has("question") and said.facts < 2 and not said.has("wish")):
        return Intent.ASK_CONTENT
    return Intent.REGISTER_DEAL


def _dropped(said: Said) -> Intent | None:
    return Intent.CANCEL if said.has("drop") and not said.deal and not said.asks and said.facts < 2 else None


def _feedback(said: Said) -> Intent | None:
    return Intent.FEEDBACK if said.has("feedback") and not said.asks else None


RULES: tuple[Callable[[Said], Intent | None], ...] = (
    _registration,
    _escalate,
    _general,
    _lists,
    _change,
    _invitation,
    _funds,
    _campaign,
    _plain_register,
    _decision,
    _update,
    _standing,
    _look,
    _named_update,
    _register,
    _dropped,
    _feedback,
)


def continues(before: str, words: Lexicon) -> bool:
    """Whether an assistant's message shows a draft that is being filled."""
    return pattern(words.language, "cues", "draft").search(before) is not None
