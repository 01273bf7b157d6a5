"""`liaison partners`: partners, their tier, certificates, funds and invitations."""

from __future__ import annotations

from typing import Annotated

import typer

from assistant.ports.prm import PartnerQuery, Window
from integrations.commands.acting import MANAGER, As, Json, acting, run, show, table

app = typer.Typer(no_args_is_help=True, help="Partners: profile, tier, certificates, funds, invitations.")
Who = Annotated[str, As]
AsJson = Annotated[bool, Json]


@app.command("list")
def list_partners(who: Who = MANAGER, text: str = "", country: str = "", tier: str = "", limit: int = 50) -> None:
    """Partners by name."""
    query, window = PartnerQuery(text=text, country=country, tier=tier), Window(limit=limit)
    page = run(lambda liaison: liaison.prm.prm.find_partners(query, requester=acting(who), window=window))
    rows = [(item.id, item.display_name, item.kind, item.country, item.tier, item.status) for item in page.items]
    table("Partners", ("partner", "name", "kind", "country", "tier", "membership"), rows)


@app.command("show")
def show_partner(partner_id: str, who: Who = MANAGER, as_json: AsJson = False) -> None:
    """One partner."""
    item = run(lambda liaison: liaison.prm.prm.get_partner(partner_id, requester=acting(who)))
    if not show(item, as_json=as_json):
        rows = [
            ("name", item.display_name),
            ("kind", item.kind),
            ("sells in", ", ".join(sorted(item.countries))),
            ("tier", item.tier),
            ("membership", f"{item.status} since {item.since}"),
            ("specialisations", ", ".join(item.specialisations)),
        ]
        table(item.id, ("", ""), rows)


@app.command()
def tier(partner_id: str, who: Who = MANAGER, as_json: AsJson = False) -> None:
    """What is missing for the next tier."""
    found = run(lambda liaison: liaison.prm.prm.tier_progress(partner_id, requester=acting(who)))
    if not show(found, as_json=as_json):
        rows = [(m.requirement.label, m.have, m.requirement.minimum, m.missing or "") for m in found.measures]
        title = f"{partner_id}: {found.tier} → {found.next_tier or 'the top'}"
        table(title, ("requirement", "has", "needs", "missing"), rows)


@app.command()
def certificates(partner_id: str, who: Who = MANAGER) -> None:
    """All certificates by expiry."""
    held = run(lambda liaison: liaison.prm.prm.certifications(partner_id, requester=acting(who)))
    table("Certificates", ("name", "holder", "expires"), [(item.name, item.holder, item.expires) for item in held])


@app.command()
def funds(partner_id: str, who: Who = MANAGER, as_json: AsJson = False) -> None:
    """What is left of each fund."""
    balances = run(lambda liaison: liaison.prm.prm.fund_balance(partner_id, requester=acting(who)))
    if not show(balances, as_json=as_json):
        rows = [(b.allocation.id, b.allocation.amount, b.committed, b.available, b.allocation.ends) for b in balances]
        table("Funds", ("allocation", "granted", "committed", "available", "until"), rows)


@app.command()
def invitations(who: Who, limit: int = 50) -> None:
    """Invitations sent and received."""
    page = run(lambda liaison: liaison.prm.prm.invitations(requester=acting(who), window=Window(limit=limit)))
    rows = [
        (item.id, item.state, item.inviter, item.draft.invitee, item.product, item.country, item.expires_at.date())
        for item in page.items
    ]
    table("Invitations", ("invitation", "state", "from", "to", "product", "country", "until"), rows)
