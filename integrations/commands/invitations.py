"""`liaison invitations`: invite partners into a deal, answer invitations, see who sells a deal together."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated

import typer

from assistant.domain.cosell import CoSellInvitation, CoSellRole, InvitationDraft
from assistant.ports.prm import Prm, Window, Write
from integrations.bootstrap import Liaison
from integrations.commands.acting import (
    MANAGER,
    AsJson,
    Cursor,
    Key,
    Limit,
    Version,
    Who,
    acting,
    run,
    show,
    sought,
    table,
    writing,
)

app = typer.Typer(no_args_is_help=True, help="Co-sell invitations: send, list, accept, decline; who is on a deal.")
Act = Callable[[Prm, Write], Awaitable[CoSellInvitation]]


@app.command("list")
def list_invitations(who: Who = MANAGER, limit: Limit = 50, cursor: Cursor = "", as_json: AsJson = False) -> None:
    """Invitations sent and received; who invites whom to what stays hidden from the invited until they accept."""
    window = Window(limit=limit, cursor=cursor)
    page = run(lambda liaison: liaison.prm.prm.invitations(requester=acting(who), window=window))
    if not show(page, as_json=as_json):
        rows = [
            (item.id, item.state, item.inviter, item.draft.invitee, item.product, item.country, item.expires_at.date())
            for item in page.items
        ]
        columns = ("invitation", "state", "from", "to", "product", "country", "until")
        table("Invitations", columns, rows, cursor=page.cursor)


@app.command()
def send(
    deal_id: str,
    invitee: Annotated[str, typer.Argument(help="The id of the partner to invite.")],
    message: Annotated[str, typer.Argument(help="What they read; up to 255 characters.")],
    *,
    who: Who,
    role: Annotated[CoSellRole, typer.Option(help="What they do on the deal.")] = CoSellRole.DELIVERY,
    key: Key = "",
    as_json: AsJson = False,
) -> None:
    """Invite a partner into a deal you own."""
    draft = InvitationDraft(deal_id=deal_id, invitee=invitee, role=role, message=message)
    made = run(lambda liaison: liaison.prm.prm.invite(draft, write=writing(who, key=key)))
    if not show(made, as_json=as_json):
        _print(made)


@app.command()
def accept(invitation_id: str, who: Who, key: Key = "", version: Version = "", as_json: AsJson = False) -> None:
    """Join a deal; from now on both sides see each other."""
    _answer(
        invitation_id,
        lambda prm, write: prm.accept_invitation(invitation_id, write=write),
        who=who,
        key=key,
        version=version,
        as_json=as_json,
    )


@app.command()
def decline(
    invitation_id: str,
    reason: Annotated[str, typer.Argument(help="Up to 80 characters.")],
    *,
    who: Who,
    key: Key = "",
    version: Version = "",
    as_json: AsJson = False,
) -> None:
    """Refuse an invitation, with a reason."""
    _answer(
        invitation_id,
        lambda prm, write: prm.decline_invitation(invitation_id, reason, write=write),
        who=who,
        key=key,
        version=version,
        as_json=as_json,
    )


@app.command()
def team(deal_id: str, who: Who = MANAGER, as_json: AsJson = False) -> None:
    """Who sells a deal together."""
    found = run(lambda liaison: liaison.prm.prm.engagement(deal_id, requester=acting(who)))
    if not show(found, as_json=as_json):
        table(deal_id, ("partner", "role"), [(member.partner_id, member.role) for member in found.members])


def _answer(invitation_id: str, act: Act, *, who: str, key: str, version: str, as_json: bool) -> None:
    async def work(liaison: Liaison) -> CoSellInvitation:
        requester, prm = acting(who), liaison.prm.prm
        found = await sought(lambda window: prm.invitations(requester=requester, window=window), invitation_id)
        return await act(prm, writing(who, key=key, version=version or found.version))

    answered = run(work)
    if not show(answered, as_json=as_json):
        _print(answered)


def _print(item: CoSellInvitation) -> None:
    rows = [
        ("state", item.state),
        ("deal", item.draft.deal_id),
        ("from", item.inviter),
        ("to", item.draft.invitee),
        ("role", item.draft.role),
        ("message", item.draft.message),
        ("customer", item.customer_name),
        ("product", item.product),
        ("country", item.country),
        ("until", item.expires_at.date()),
        ("reason", item.reason),
        ("version", item.version),
    ]
    table(item.id, ("", ""), [row for row in rows if row[1]])
