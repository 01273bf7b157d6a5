"""The deal form as people see it: to fill in, while it is checked, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping

from assistant.domain.approvals import Approval
from integrations.surfaces.slack.approval_blocks import labels_of, subject_of
from integrations.surfaces.slack.change_fields import Editing
from integrations.surfaces.slack.delivery import Json
from integrations.surfaces.slack.directions import directed
from integrations.surfaces.slack.form_fields import (
    BY_NAME,
    CONSENT,
    FIELDS,
    consent_block,
    field_block,
    field_name,
    plain,
)
from integrations.surfaces.slack.rendering import escaped, section
from prompts.messages import message

DEAL_FORM = "deal_form"
REASON_FORM = "reason_form"
CHANGE_FORM = "change_form"
DONE_VIEW = "done_view"
TITLE = 24
REASON = "reason"
LONGEST_REASON = 500


def deal_form(
    form_id: str,
    values: Mapping[str, str],
    language: str,
    *,
    products: tuple[str, ...] = (),
    errors: Mapping[str, str] | None = None,
) -> Json:
    """The form. `errors` stand above it where they cannot stand at their fields."""
    blocks: list[Json] = [
        section(escaped(f"⚠ {_named(name, language)}{told}")) for name, told in (errors or {}).items()
    ]
    read = message("slack_form_read" if values else "slack_form_intro", language)
    blocks.append({"type": "context", "elements": [{"type": "mrkdwn", "text": read}]})
    blocks += [field_block(field, values.get(field.name, ""), language, products=products) for field in FIELDS]
    blocks.append(consent_block(language))
    return _modal(DEAL_FORM, "slack_form_title", blocks, language, private=form_id, submit="slack_form_submit")


def _named(name: str, language: str) -> str:
    """The field that an error is of, as the form calls it."""
    if name == CONSENT:
        return f"{message('slack_consent', language)}: "
    return f"{field_name(name, language)}: " if name in BY_NAME else ""


def checking_view(form_id: str, language: str) -> Json:
    """While a check takes longer than Slack waits."""
    steps = [f"✓ {message('slack_step_fields', language)}", f"… {message('slack_step_duplicates', language)}"]
    steps.append(f"○ {message('slack_step_proposal', language)}")
    return _modal(DONE_VIEW, "slack_form_title", [section("\n".join(steps))], language, private=form_id)


def told_view(text: str, language: str, *, title: str = "slack_form_title") -> Json:
    """One sentence, and nothing more to do here."""
    return _modal(DONE_VIEW, title, [section(escaped(text))], language)


def change_form(subject: str, editing: Editing, language: str, *, products: tuple[str, ...] = ()) -> Json:
    """What can be edited of a proposed change; `subject` comes back with it."""
    asked = [
        field_block(each, editing.values.get(each.name, ""), language, products=products) for each in editing.fields
    ]
    blocks = [{name: part for name, part in block.items() if name != "hint"} for block in asked]
    return _modal(CHANGE_FORM, "slack_edit", blocks, language, private=subject, submit="slack_form_submit")


def reason_form(subject: str, language: str, *, asks: bool = False) -> Json:
    """Asks why a deal is rejected, or what a reviewer `asks`; `subject` comes back with the answer."""
    title, label = ("slack_ask", "slack_question_label") if asks else ("slack_reject", "slack_reason_label")
    return _words_form(subject, language, title=title, label=label, optional=False)


def drop_form(approval: Approval, language: str) -> Json:
    """Asks why something is not to be done, of whoever proposed it: they may leave it unsaid."""
    _, title = labels_of(approval.proposal)
    return _words_form(subject_of(approval), language, title=title, label="slack_drop_label", optional=True)


def _words_form(subject: str, language: str, *, title: str, label: str, optional: bool) -> Json:
    element = {"type": "plain_text_input", "action_id": "value", "multiline": True, "max_length": LONGEST_REASON}
    asked = {"label": plain(message(label, language)), "element": element, "optional": optional}
    block = {"type": "input", "block_id": REASON, **asked}
    return _modal(REASON_FORM, title, [block], language, private=subject, submit=title)


def _modal(kind: str, title: str, blocks: list[Json], language: str, *, private: str = "", submit: str = "") -> Json:
    view: Json = {
        "type": "modal",
        "callback_id": kind,
        "title": plain(message(title, language)[:TITLE]),
        "close": plain(message("slack_form_close", language)[:TITLE]),
        "blocks": directed(blocks, language),
    }
    view |= {"private_metadata": private} if private else {}
    return view | ({"submit": plain(message(submit, language)[:TITLE])} if submit else {})
