"""Samples of the forms that people fill in, and of what they are told about them, for `samples`."""

from __future__ import annotations

from assistant.errors import Problem
from assistant.tools.writes import WithdrawDeal
from integrations.surfaces.slack.delivery import Json
from integrations.surfaces.slack.form_fields import country_choices, country_options, sentence
from integrations.surfaces.slack.form_view import checking_view, deal_form, drop_form, reason_form, told_view
from integrations.surfaces.slack.forms import late_blocks
from integrations.surfaces.slack.rendering import escaped, section
from integrations.surfaces.slack.samples_of_changes import approval_of
from prompts.messages import message

# What can be wrong, each where it is said in its own way.
PROBLEMS = (
    *(("customer_name", code) for code in ("required", "too_short", "too_long", "control_character", "malformed")),
    *(("consent", "required"), ("customer_state", "required"), ("customer_state", "unknown_state")),
    *(("contact_email", "malformed"), ("customer_website", "malformed"), ("customer_country", "unknown_country")),
    *(("product", "unknown_product"), ("amount", "number"), ("amount", "not_positive"), ("close_date", "date")),
    *(("close_date", "past_date"), ("product", "other")),
)


def late(language: str) -> list[Json]:
    """A form that could not be opened at once."""
    return late_blocks("f1", language)


def what_became_of_forms(language: str) -> list[Json]:
    """What a form says in the end, if not that its proposal stands."""
    return [section(escaped(message(f"slack_form_{key}", language))) for key in ("reviewed", "sent", "gone")]


def errors(language: str) -> list[Json]:
    """Everything that can be wrong with a field, as it is said of that field."""
    told = [sentence(Problem(field, code, "…"), language) for field, code in PROBLEMS]
    return [section("\n".join(f"• {escaped(each)}" for each in told))]


def countries(language: str) -> list[Json]:
    """The menu of countries when somebody began to write the name of one."""
    begun = dict(country_choices(language))["DE"][:2]
    return [section(" · ".join(each["text"]["text"] for each in country_options(begun, language)))]


def empty_form(language: str) -> Json:
    """The deal form as it opens."""
    return deal_form("f1", {}, language, products=("SKERROW-EDGE", "SKERROW-CORE"))


def filled_form(language: str) -> Json:
    """The deal form filled in from a message."""
    values = {
        "customer_name": "Müller & Söhne GmbH",
        "customer_country": "DE",
        "problem": "Their licence ends in June.",
    }
    error = {"amount": message("slack_error_required", language)}
    return deal_form("f1", values, language, products=("SKERROW-EDGE",), errors=error)


def checking(language: str) -> Json:
    """The form while it is checked."""
    return checking_view("f1", language)


def sent(language: str) -> Json:
    """The form when its proposal stands."""
    return told_view(message("slack_form_proposed", language), language)


def edited(language: str) -> Json:
    """The form of a change when it is proposed anew."""
    return told_view(message("slack_form_proposed", language), language, title="slack_edit")


def asking(language: str) -> Json:
    """What a reviewer asks the partner."""
    return reason_form("review_ask:D-0042:3", language, asks=True)


def rejecting(language: str) -> Json:
    """Why a deal is rejected."""
    return reason_form("review_reject:D-0042:3", language)


def dropping(language: str) -> Json:
    """Why somebody does not want what they proposed."""
    return drop_form(approval_of(WithdrawDeal("D-0042", "The customer stopped the project."), language), language)


FORMS = (
    *(empty_form, filled_form, checking, sent, edited, asking, rejecting, dropping),
    *(late, what_became_of_forms, errors, countries),
)
