"""`liaison cosell overlap`: which accounts two parties share, by messages in files that show nothing else."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from assistant.cosell.overlap import MINIMUM, MOST, Consent, Overlap, Reveal, answered, key_of, offered
from assistant.cosell.overlap import read as read_answer
from assistant.cosell.register import everything, for_managers
from assistant.domain.accounts import Account
from assistant.errors import UsageError
from integrations.bootstrap import Liaison
from integrations.commands.acting import MANAGER, AsJson, Who, acting, console, run, show, table
from integrations.overlap_file import ANSWER, OFFER, OverlapFiles, message_from

if TYPE_CHECKING:
    from integrations.ed25519 import Ed25519Group

app = typer.Typer(no_args_is_help=True, help="Compare accounts with another party without showing it the others.")
Party = Annotated[str, typer.Argument(help="The other party, as you call it.")]
Out = Annotated[Path, typer.Option(help="The file to send to the other party.")]
Us = Annotated[str, typer.Option("--us", help="What the other party calls you.")]


@app.command()
def consent(  # noqa: PLR0917 - the options of a command
    party: Party,
    purpose: Annotated[str, typer.Option(help="What the comparison is for; both parties read it.")],
    until: Annotated[str, typer.Option(help="The last day on which it holds (YYYY-MM-DD).")],
    reveal: Annotated[Reveal, typer.Option(help="What the party that offers may learn.")] = Reveal.SIZE,
    minimum: Annotated[int, typer.Option(help="Shared accounts below which nothing is told.", min=1)] = MINIMUM,
    most: Annotated[int, typer.Option(help="Most accounts in a message.", min=1, max=MOST)] = MOST,
    revoke: Annotated[bool, typer.Option("--revoke", help="Take the consent back instead.")] = False,
    who: Who = MANAGER,
) -> None:
    """Allow comparing accounts with a party: for what, until when, and what it may learn."""

    async def work(liaison: Liaison) -> str:
        requester, files = acting(who), OverlapFiles(liaison.settings.data)
        for_managers(requester)
        if revoke:
            files.revoke(party)
            return f"Taken back: {party}"
        given = Consent(party, requester.name, purpose, _day(until), reveal, minimum, most)
        return f"Recorded: {files.allow(given)}"

    console.print(run(work), highlight=False, soft_wrap=True)


@app.command()
def offer(party: Party, out: Out, us: Us = "us", who: Who = MANAGER) -> None:
    """Offer a comparison: a file with every account of yours, blinded."""

    async def work(liaison: Liaison) -> int:
        files, now = OverlapFiles(liaison.settings.data), liaison.clock.now()
        allowed = files.consent(party, now=now)
        accounts = await _accounts(liaison, who)
        made, kept = offered(accounts, allowed, sender=us, group=_group())
        files.keep(kept)
        _write(out, OFFER.dump_json(made))
        return len(made.blinded)

    console.print(f"{run(work)} accounts, blinded, in {out}.", highlight=False, soft_wrap=True)


@app.command()
def answer(
    party: Party,
    offer_file: Annotated[Path, typer.Argument(help="The offer you were sent.")],
    out: Out,
    us: Us = "us",
    who: Who = MANAGER,
) -> None:
    """Answer an offer; you learn its size, the other party what your consent allows. Once in seven days a party."""

    async def work(liaison: Liaison) -> int:
        files, now = OverlapFiles(liaison.settings.data), liaison.clock.now()
        allowed = files.consent(party, now=now)
        accounts = await _accounts(liaison, who)
        sent = message_from(offer_file, OFFER)
        made = answered(sent, accounts, allowed, sender=us, group=_group())
        files.answering(party, now=now)
        _write(out, ANSWER.dump_json(made))
        return len(sent.blinded)

    console.print(f"{run(work)} offered accounts were compared; send {out} back.", highlight=False, soft_wrap=True)


@app.command()
def read(
    answer_file: Annotated[Path, typer.Argument(help="The answer you were sent.")],
    who: Who = MANAGER,
    as_json: AsJson = False,
) -> None:
    """Read the answer to your offer: how many accounts are shared, and which, if the other party allows it."""

    async def work(liaison: Liaison) -> tuple[Overlap, list[Account]]:
        files = OverlapFiles(liaison.settings.data)
        accounts = await _accounts(liaison, who)
        sent = message_from(answer_file, ANSWER)
        found = read_answer(sent, files.kept(sent.id), group=_group())
        files.done(sent.id)
        return found, [account for key in found.keys for account in accounts.get(key, [])]

    found, shared = run(work)
    if show(found, as_json=as_json):
        return
    if found.size is None:
        console.print(f"Fewer than {found.minimum} accounts are shared; nothing more is told.", highlight=False)
        return
    console.print(f"{found.size} accounts are shared.", highlight=False)
    if shared:
        rows = [(item.id, item.customer.name, item.customer.country) for item in shared]
        table("Shared accounts", ("account", "customer", "country"), rows)


async def _accounts(liaison: Liaison, who: str) -> dict[str, list[Account]]:
    """All accounts by their canonical key; raises Forbidden for partners."""
    requester, prm = acting(who), liaison.prm.prm
    for_managers(requester)
    found: dict[str, list[Account]] = {}
    for account in await everything(lambda window: prm.find_accounts("", requester=requester, window=window)):
        found.setdefault(key_of(account), []).append(account)
    return found


def _group() -> Ed25519Group:
    from integrations.ed25519 import Ed25519Group  # noqa: PLC0415 - its library is an extra

    return Ed25519Group()


def _write(path: Path, data: bytes) -> None:
    try:
        path.write_bytes(data)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.", hint="Name another file.") from error


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise UsageError(f"{text!r} is no day.", hint="Write it as 2026-05-31.") from error
