"""What each intent asks for: which tool is called with what, or what must be asked first."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import regex
from babel import Locale
from langchain_core.messages import ToolMessage

from assistant.agents.artifact import artifact_of
from assistant.agents.form import FUND_FIELDS, deal_inputs, filled
from assistant.agents.repair import repair
from assistant.agents.scene import Args, Scene, Step, ask, call, not_for_you
from assistant.agents.situation import subject
from assistant.agents.understanding.lexicon import lexicon
from assistant.agents.understanding.reading import Deal, Intent
from assistant.agents.understanding.reference import has_name
from assistant.agents.understanding.standing import ending_within, lists
from assistant.agents.wording import question
from assistant.deals.names import normalised
from assistant.domain.accounts import countries
from assistant.domain.deals import DealState
from assistant.domain.people import Role
from assistant.tools.tool import LONGEST_NAME
from prompts.messages import message

GREETING = 4  # words; more than that outside of what we do is looked for in the content
CHANNELS = {"landing_page": "landing", "social": "meta", "banner": "google_rsa"}
Plan = Callable[[Scene], Step]


def plan_for(scene: Scene) -> Step:
    """The next step for what the person wants."""
    repaired = repair(scene)
    if repaired is not None:
        return call(scene, "update_deal", repaired)
    return PLANS.get(scene.read.intent, search)(scene)


def register(scene: Scene) -> Step:
    """The registration of the deal that is told, or of the first of several."""
    if "register_deal" not in scene.offered:
        return not_for_you(scene)
    if scene.read.more_deals:
        return next_of_several(scene) or Step(message("agent_nothing_waits", scene.language), closes=True)
    slots, filed = scene.slots, filed_for(scene)
    missing = [name for name in scene.read.missing if name not in {slot.name for slot in slots}]
    missing = ["partner_name", *missing] if filed == {"partner": ""} else missing
    return ask(scene, missing) if missing else call(scene, "register_deal", deal_inputs(slots, scene.all_said) | filed)


def filed_for(scene: Scene) -> dict[str, str]:
    """The partner that a channel manager files a deal for; nothing for a partner's own."""
    return {} if scene.given.requester.role is Role.PARTNER else {"partner": scene.get("partner_name")}


def next_of_several(scene: Scene) -> Step | None:
    """The registration of the next deal of a message that named several; None when all were proposed.

    A deal that is not complete is to be told again by itself: what is said later must never go into the wrong one.
    """
    said = next((read for read in map(scene.reading_of, subject(scene.messages)) if read and read.more_deals), None)
    if said is None:
        return None
    deals = [Deal(said.slots, said.missing), *said.more_deals]
    found = [artifact_of(each) for each in subject(scene.messages) if isinstance(each, ToolMessage)]
    proposed = sum(each.tool == "register_deal" and bool(each.approval_id) for each in found if each)
    if proposed >= len(deals):
        return None
    deal = deals[proposed]
    if deal.missing:
        name = next((slot.value for slot in deal.slots if slot.name == "customer_name"), "")
        return Step(
            f"{name}: {question(deal.missing, scene.language)} {message('agent_one_by_one', scene.language)}",
            closes=True,
        )
    return call(scene, "register_deal", deal_inputs(deal.slots, scene.all_said) | filed_for(scene))


def search(scene: Scene) -> Step:
    """A question to the content; a greeting, or who asks what can be done, gets an account of it."""
    words = regex.findall(r"[\p{L}\p{N}]+", scene.said)
    greets = (
        scene.read.intent is Intent.OUT_OF_SCOPE and len(words) < GREETING and not regex.search(r"[?？]", scene.said)
    )
    if greets or lexicon(scene.language).has("about_you", scene.asked.strip(" \n¿¡")):
        return Step(message("agent_hello", scene.language), opens=scene.open, closes=scene.open is None)
    return call(scene, "search_content", {"question": scene.said})


def _check(scene: Scene) -> Step:
    if scene.get("deal_id"):
        return call(scene, "deal_status", {"deal": scene.get("deal_id")})
    gaps = [name for name in ("customer_name", "customer_country") if not scene.get(name)]
    return ask(scene, gaps) if gaps else call(scene, "check_deal", deal_inputs(scene.slots, scene.all_said))


def _update(scene: Scene) -> Step:
    told = deal_inputs(scene.slots, scene.all_said)
    changes = {name: value for name, value in told.items() if name != "customer_name"}
    gaps = [name for name, there in (("deal_id", _deal(scene)), ("new_value", changes)) if not there]
    return ask(scene, gaps) if gaps else call(scene, "update_deal", {"deal": _deal(scene), **changes})


def _deal(scene: Scene) -> str:
    """The deal as it was named; else the whole message, in which the tool looks for the names of their customers."""
    named = scene.deal
    told = named in scene.all_said or bool(scene.get("deal_id")) or named == (scene.open.deal if scene.open else "")
    return named if named and told else scene.said[:LONGEST_NAME]


def _about_deal(tool: str, why: str) -> Plan:
    def plan(scene: Scene) -> Step:
        until = {"until": scene.get("close_date")} if tool == "extend_deal" else {}
        return call(scene, tool, {"deal": _deal(scene), why: scene.get("reason"), **until})

    return plan


def _status(scene: Scene) -> Step:
    words = lexicon(scene.language)
    queue = words.has("awaits_me", scene.asked) or (
        _by_standing(scene) == {"state": DealState.IN_REVIEW} and not scene.get("partner_name")
    )
    if "list_reviews" in scene.offered and queue:
        return call(scene, "list_reviews", {})
    if (words.has("open_deals", scene.asked) or _by_standing(scene)) and not scene.get("deal_id"):
        return all_deals(scene)
    one = words.has("one_deal", scene.asked) or has_name(scene.asked, words)
    several = words.has("deals", scene.asked) and not (one or scene.get("customer_name"))
    if (scene.deal and not several) or (one and not scene.get("partner_name")):
        return one_deal(scene)
    return all_deals(scene)


def one_deal(scene: Scene) -> Step:
    """The status of the deal that is named; else of the one whose customer the message names."""
    return call(scene, "deal_status", {"deal": scene.deal or scene.asked[:LONGEST_NAME]})


def all_deals(scene: Scene) -> Step:
    """The deals: those that stand so, at a stage, or of the partner a channel manager named, where that was said."""
    return call(
        scene, "list_deals", {**filed_for(scene), **filled(scene.slots, {"stage": "stage"}), **_by_standing(scene)}
    )


def _by_standing(scene: Scene) -> Args:
    """Which deals are asked for by where they stand."""
    words = lexicon(scene.language)
    if lists(scene.asked, words):
        states = words.named("states", scene.asked)
        if days := ending_within(scene.asked, words):
            return {"ending_within_days": days}
        if len(states) == 1:
            return {"state": DealState(states[0])}
    return {"open": True} if words.has("open_deals", scene.asked) else {}


def _decided(tool: str) -> Plan:
    """A decision on a registration in review; what waits is listed when none is named, and the reason asked for."""

    def plan(scene: Scene) -> Step:
        if tool not in scene.offered:
            return Step(message("agent_nothing_waits", scene.language), closes=True)
        if not scene.deal:
            return call(scene, "list_reviews", {})
        reason = {"reason": scene.get("reason")} if tool == "reject_review" else {}
        return call(scene, tool, {"deal": scene.deal, **reason}) if all(reason.values()) else ask(scene, ["reason"])

    return plan


def _of_partner(tool: str, about: str = "") -> Plan:
    def plan(scene: Scene) -> Step:
        if scene.read.missing:
            return ask(scene, scene.read.missing)
        return call(scene, tool, filed_for(scene) | ({about: scene.get(about)} if about else {}))

    return plan


def _funds(scene: Scene) -> Step:
    told = filled(scene.slots, FUND_FIELDS)
    gaps = [name for name in scene.read.missing if FUND_FIELDS.get(name) not in told]
    return ask(scene, gaps) if gaps else call(scene, "request_funds", {**told, "outcome": scene.get("outcome")})


def _recommend(scene: Scene) -> Step:
    why = scene.said[:LONGEST_NAME] if lexicon(scene.language).has("why", scene.said) else ""
    if why and lexicon(scene.language).has("registration", scene.said):  # the words name both the deal and the partner
        return call(scene, "recommend_partners", {"deal": scene.deal or why, "why": why})
    if scene.read.missing:
        return ask(scene, scene.read.missing)
    need = {"product": scene.get("product"), "capability": scene.get("needed_capability"), "why": why}
    if scene.deal:
        return call(scene, "recommend_partners", {"deal": scene.deal, "why": why})
    where = {"country": country_code(scene.get("region"), scene.language), "region": scene.get("region")}
    return call(scene, "recommend_partners", {**need, **where})


def _invite(scene: Scene) -> Step:
    if scene.given.requester.role is not Role.PARTNER:
        return Step(message("owner_invites", scene.language), closes=True)
    named = scene.get("partner_names")
    partner = named if normalised(named).compact else scene.said[:LONGEST_NAME]
    return call(scene, "invite_partner", {"deal": _deal(scene), "partner": partner})


def _respond(scene: Scene) -> Step:
    args = {"invitation": scene.get("deal_id"), "accept": bool(scene.read.accepts), "reason": scene.get("reason")}
    return call(scene, "answer_invitation", args)


def _campaign(scene: Scene) -> Step:
    if scene.read.missing:
        return ask(scene, scene.read.missing)
    values = {slot.name: slot.values for slot in scene.slots}
    channels = tuple(CHANNELS.get(channel, channel) for channel in values.get("channels", ()))
    args = {"product": scene.get("product"), "channels": channels, "locales": values.get("locales", ())}
    return call(scene, "draft_campaign", args | {"audience": scene.get("audience")})


def _learning(scene: Scene) -> Step:
    if scene.read.missing:
        return ask(scene, scene.read.missing)
    told = {name: scene.get(name) for name in ("product", "certification", "audience")}
    return call(scene, "learning_path", {"goal": scene.said, **told})


def _feedback(scene: Scene) -> Step:
    bad = lexicon(scene.language).has("displeased", scene.said)
    return call(scene, "record_feedback", {"rating": "bad" if bad else "good"})


def _escalate(scene: Scene) -> Step:
    return call(scene, "escalate", {})


def _say(key: str) -> Plan:
    return lambda scene: Step(message(key, scene.language), closes=True)


@lru_cache(maxsize=256)
def country_code(name: str, language: str) -> str:
    """The ISO 3166-1 alpha-2 code of a country as people of a language call it (Unicode CLDR); else nothing."""
    wanted = name.strip().casefold()
    for tongue in (language, "en"):
        names = Locale.parse(tongue).territories
        found = next((code for code in sorted(countries()) if names.get(code, "").casefold() == wanted), "")
        if found or not wanted:
            return found
    return ""


PLANS: dict[Intent, Plan] = {
    Intent.REGISTER_DEAL: register,
    Intent.CHECK_DEAL: _check,
    Intent.UPDATE_DEAL: _update,
    Intent.WITHDRAW_DEAL: _about_deal("withdraw_deal", "reason"),
    Intent.EXTEND_DEAL: _about_deal("extend_deal", "evidence"),
    Intent.DEAL_STATUS: _status,
    Intent.RECOMMEND_COSELL: _recommend,
    Intent.INVITE_COSELL: _invite,
    Intent.RESPOND_COSELL: _respond,
    Intent.COSELL_INVITATIONS: lambda scene: call(scene, "invitations", {}),
    Intent.FUND_REQUEST: _funds,
    Intent.FUND_BALANCE: _of_partner("fund_balance"),
    Intent.DRAFT_CAMPAIGN: _campaign,
    Intent.CERTIFICATIONS: _of_partner("certifications", "certification"),
    Intent.TIER_PROGRESS: _of_partner("tier_progress", "tier"),
    Intent.LEARNING_PATH: _learning,
    Intent.FEEDBACK: _feedback,
    Intent.ESCALATE: _escalate,
    Intent.APPROVE: _decided("approve_review"),
    Intent.REJECT: _decided("reject_review"),
    Intent.CANCEL: _say("agent_dropped"),
}
