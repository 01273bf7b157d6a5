"""`liaison partners`: partners, their tier and certificates, their customers, and what they sold together."""

from __future__ import annotations

import typer

from assistant.ports.prm import PartnerQuery, Window
from integrations.commands.acting import MANAGER, AsJson, Cursor, Limit, Who, acting, run, show, table

app = typer.Typer(no_args_is_help=True, help="Partners: profile, tier, certificates, customers, history.")


@app.command("list")
def list_partners(
    *,
    who: Who = MANAGER,
    text: str = "",
    country: str = "",
    tier: str = "",
    limit: Limit = 50,
    cursor: Cursor = "",
    as_json: AsJson = False,
) -> None:
    """Partners by name."""
    query, window = PartnerQuery(text=text, country=country, tier=tier), Window(limit=limit, cursor=cursor)
    page = run(lambda liaison: liaison.prm.prm.find_partners(query, requester=acting(who), window=window))
    if not show(page, as_json=as_json):
        rows = [(item.id, item.display_name, item.kind, item.country, item.tier, item.status) for item in page.items]
        columns = ("partner", "name", "kind", "country", "tier", "membership")
        table("Partners", columns, rows, cursor=page.cursor)


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
def certificates(partner_id: str, who: Who = MANAGER, as_json: AsJson = False) -> None:
    """All certificates by expiry."""
    held = run(lambda liaison: liaison.prm.prm.certifications(partner_id, requester=acting(who)))
    if not show(held, as_json=as_json):
        table("Certificates", ("name", "holder", "expires"), [(item.name, item.holder, item.expires) for item in held])


@app.command()
def customers(
    text: str = "", who: Who = MANAGER, limit: Limit = 50, cursor: Cursor = "", as_json: AsJson = False
) -> None:
    """Customers by name; a partner sees those it has a deal with."""
    window = Window(limit=limit, cursor=cursor)
    page = run(lambda liaison: liaison.prm.prm.find_accounts(text, requester=acting(who), window=window))
    if not show(page, as_json=as_json):
        rows = [
            (item.id, item.customer.name, item.customer.country, "sold to directly" if item.named else "")
            for item in page.items
        ]
        table("Customers", ("account", "name", "country", ""), rows, cursor=page.cursor)


@app.command()
def history(who: Who = MANAGER, limit: Limit = 50, cursor: Cursor = "", as_json: AsJson = False) -> None:
    """Opportunities with their team and how they ended; a partner sees those it worked on."""
    window = Window(limit=limit, cursor=cursor)
    page = run(lambda liaison: liaison.prm.prm.opportunities(requester=acting(who), window=window))
    if not show(page, as_json=as_json):
        rows = [
            (item.id, item.product, item.value, item.outcome, ", ".join(member.partner_id for member in item.team))
            for item in page.items
        ]
        table("Opportunities", ("opportunity", "product", "value", "outcome", "team"), rows, cursor=page.cursor)
