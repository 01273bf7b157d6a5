"""How deals look in a terminal."""

from __future__ import annotations

from assistant.domain.deals import DealRegistration
from assistant.domain.deals_check import DealCheck
from assistant.ports.prm import Page
from integrations.commands.acting import console, table


def deal_list(title: str, page: Page[DealRegistration]) -> None:
    """A page of deals as a table."""
    rows = [
        (deal.id, deal.partner_id, deal.state, deal.draft.customer.name, deal.draft.product, deal.draft.value)
        for deal in page.items
    ]
    table(title, ("deal", "partner", "state", "customer", "product", "value"), rows, cursor=page.cursor)


def one_deal(deal: DealRegistration) -> None:
    """What matters of a deal, line by line."""
    until = deal.protected_until.date() if deal.protected_until else ""
    rows = [
        ("state", deal.state),
        ("partner", deal.partner_id),
        ("reference", deal.draft.partner_ref),
        ("customer", f"{deal.draft.customer.name}, {deal.draft.customer.country}"),
        ("title", deal.draft.title),
        ("product", deal.draft.product),
        ("value", f"{deal.draft.value} {deal.draft.period}"),
        ("stage", deal.draft.stage),
        ("target close", deal.draft.target_close),
        ("protected until", until),
        ("comment", deal.comment),
        ("rules", deal.rules),
        ("version", deal.version),
    ]
    table(deal.id, ("", ""), [row for row in rows if row[1]])


def check_result(result: DealCheck) -> None:
    """What would happen to a draft: what to correct, whom it meets, what the rules say."""
    for problem in result.problems:
        console.print(f"[red]{problem.field}[/red]: {problem.message}", highlight=False)
    for conflict in result.conflicts:
        console.print(f"[yellow]{conflict.explanation}[/yellow]", highlight=False)
    for finding in result.decision.reasons:
        why = f"{finding.verdict}: {finding.message} (rule {finding.rule}, {result.decision.rules})"
        console.print(why, highlight=False)
    console.print("Ready to register." if result.ready else "Not ready to register.")
