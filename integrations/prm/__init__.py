"""PRMs Liaison works with: one adapter per file, one row per adapter."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, TextIO

import httpx
from starlette.types import ASGIApp

from assistant.deals.rules import SHIPPED, RuleBooks, read_rules
from assistant.deals.sheet import write_deals
from assistant.domain.people import Requester
from assistant.errors import SettingsError, UsageError
from assistant.ports.clock import Clock
from assistant.ports.deal_desk import DealDesk
from assistant.ports.prm import Prm
from assistant.ports.prm_archive import Archive
from integrations.prm.desk import EmbeddedDesk
from integrations.prm.embedded import EmbeddedPrm
from integrations.prm.lacking import VendorDesk
from integrations.prm.register import transfer
from integrations.prm.register.database import Database
from integrations.prm.seed import sample_archive
from integrations.prm.webhooks import Courier
from integrations.settings import Settings

PARTS = ("desk", "remote_desk", "remote_wire", "seed", "webhooks")
RULES_FILE = "prm-rules.yaml"
DATABASE_FILE = "prm.db"
REMOTE_SECONDS = 30.0


@dataclass(frozen=True, slots=True)
class Sides:
    """A PRM as partners and agents use it, and as channel managers do."""

    prm: Prm
    desk: DealDesk


def _own(database: Database, books: RuleBooks) -> Sides:
    return Sides(prm=EmbeddedPrm(database, books=books), desk=EmbeddedDesk(database, books=books))


def _embedded(_settings: Settings, database: Database, books: RuleBooks) -> Sides:
    return _own(database, books)


def _remote(settings: Settings, _database: Database, _books: RuleBooks) -> Sides:
    from integrations.prm.remote import RemotePrm  # noqa: PLC0415 - only who uses it pays for it
    from integrations.prm.remote_desk import RemoteDesk  # noqa: PLC0415 - as above

    url, token = settings.prm_url.get_secret_value(), settings.prm_token.get_secret_value()
    if not _is_server(url) or not token:
        hint = "Set LIAISON_PRM_URL to the server's address and LIAISON_PRM_TOKEN to a key of it."
        raise SettingsError("The remote PRM has no address or no key.", hint=hint)
    client = httpx.AsyncClient(base_url=url, timeout=REMOTE_SECONDS, follow_redirects=False)
    return Sides(prm=RemotePrm(client, token=token), desk=RemoteDesk(client, token=token))


def _microsoft(settings: Settings, database: Database, _books: RuleBooks) -> Sides:
    from integrations.prm.microsoft.opening import open_microsoft  # noqa: PLC0415 - as above

    return Sides(prm=open_microsoft(settings, database), desk=VendorDesk())


def _aws(settings: Settings, database: Database, _books: RuleBooks) -> Sides:
    from integrations.prm.aws import open_aws  # noqa: PLC0415 - needs boto3

    return Sides(prm=open_aws(settings, database), desk=VendorDesk())


PRMS: dict[str, Callable[[Settings, Database, RuleBooks], Sides]] = {
    "embedded": _embedded,
    "remote": _remote,
    "microsoft": _microsoft,
    "aws": _aws,
}


def _is_server(url: str) -> bool:
    return url.startswith(("http://", "https://"))


@dataclass(frozen=True, slots=True)
class OpenPrm:
    """A PRM that is open: what partners and agents use, the desk, and who tells others.

    `database` is the embedded PRM's own; another PRM's adapter keeps in it what it sent.
    """

    database: Database
    books: RuleBooks
    prm: Prm
    desk: DealDesk
    courier: Courier

    def load(self, archive: Archive, *, tenant: str) -> int:
        """Add the records of an archive to a tenant; how many."""
        return self.load_all((archive,), tenant=tenant)

    def load_all(self, archives: Iterable[Archive], *, tenant: str) -> int:
        """Add the records of archives made one after the other, all or none; how many."""
        with self.database.writing(tenant) as unit:
            return transfer.load(unit, archives)

    def load_lines(self, path: Path, *, tenant: str) -> int:
        """Add the records of a JSON lines file, all or none; how many. Raises InvalidRecord."""
        try:
            with path.open(encoding="utf-8") as lines:
                return self.load_all(transfer.read_lines(lines), tenant=tenant)
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"{path} cannot be read: {error}", hint="Give a file made by prm export.") from error

    def write(self, out: TextIO, *, deals_only: bool, tenant: str) -> int:
        """Write every record as JSON lines, or all deals as CSV; how many."""
        archive = self.dump(tenant=tenant)
        return write_deals(archive.deals, out) if deals_only else transfer.write_lines(archive, out)

    def seed(self, folder: Path, *, data: Path, tenant: str) -> int:
        """Fill an empty PRM with the sample programme of a folder and keep its rules in `data`; how many records."""
        if not self.empty(tenant=tenant):
            return 0
        archive = sample_archive(folder)
        (data / RULES_FILE).write_bytes((folder / "rules.yaml").read_bytes())
        return self.load(archive, tenant=tenant)

    def dump(self, *, tenant: str) -> Archive:
        """Every record of a tenant."""
        with self.database.reading(tenant) as unit:
            return transfer.dump(unit)

    def empty(self, *, tenant: str) -> bool:
        """Whether the tenant has no partners yet."""
        with self.database.reading(tenant) as unit:
            return transfer.empty(unit)

    def aws_app(self) -> ASGIApp:
        """The AWS wire to mount, usually at /aws: Partner Central Selling for partners that have an access key."""
        from integrations.prm.aws_wire.server import aws_app  # noqa: PLC0415 - needs botocore, which is optional

        return aws_app(self.database, books=self.books)

    def aws_key(self, partner_id: str, *, tenant: str) -> tuple[str, str]:
        """A new access key and its secret for a partner. Raises RecordNotFound."""
        from integrations.prm.aws_wire.signature import issue_key  # noqa: PLC0415 - needs botocore

        with self.database.writing(tenant) as unit:
            key = issue_key(unit, partner_id)
        return key.access_key, key.secret

    def aws_in_process(self, *partners: str, tenant: str, watch: Callable[[str, int], None]) -> Prm:
        """The adapter for Partner Central as these partners, on this PRM's own wire and without a socket.

        `watch` is told the operation and the HTTP status of every call.
        """
        from integrations.prm.aws import on_own_wire  # noqa: PLC0415 - needs boto3

        with self.database.writing(tenant) as unit:
            return on_own_wire(unit, self.database, books=self.books, partners=partners, watch=watch)

    def aws_clients(self, *partners: str, tenant: str) -> dict[str, Any]:
        """A boto3 client of each of these partners, on this PRM's own wire and without a socket."""
        from integrations.prm.aws import clients_on_own_wire  # noqa: PLC0415 - needs boto3

        with self.database.writing(tenant) as unit:
            return clients_on_own_wire(unit, self.database, books=self.books, partners=partners)

    def aws_answered_by(self, answer: Callable[[str, bytes], tuple[int, bytes]], *, partner_id: str) -> Prm:
        """The adapter for Partner Central as a partner whose calls `answer` answers.

        `answer` gets the operation and the JSON body as it would leave, and gives the HTTP status and the JSON body.
        """
        from integrations.prm.aws import answered_by  # noqa: PLC0415 - needs boto3

        return answered_by(answer, self.database, partner_id=partner_id)

    async def receive_events(
        self, settings: Settings, *, url: str, requester: Requester, follow: bool, tell: Callable[[int], None]
    ) -> int:
        """How many new events of AWS Partner Central were in a partner's queue; see `receive`."""
        from integrations.prm.partner_central.queue import receive  # noqa: PLC0415 - needs boto3

        return await receive(
            settings, self.database, prm=self.prm, url=url, requester=requester, follow=follow, tell=tell
        )

    def microsoft_events(self, settings: Settings) -> Callable[[Mapping[str, str], bytes], Awaitable[bool]] | None:
        """Takes a call of Partner Center's webhook: its headers and body; see `WebhookReceiver.take`.

        None when this PRM is another one or its events are not posted. Raises SettingsError.
        """
        if settings.prm != "microsoft" or not settings.microsoft_webhook:
            return None
        from integrations.prm.microsoft.events import open_receiver  # noqa: PLC0415 - only who uses it pays for it

        return open_receiver(settings, self.database, self.prm).take

    def microsoft_answered_by(self, transport: httpx.AsyncBaseTransport, *, partner_id: str) -> Prm:
        """The adapter for Microsoft's Partner Center as a partner whose calls `transport` answers."""
        from integrations.prm.microsoft.opening import answered_by  # noqa: PLC0415 - only who uses it pays for it

        return answered_by(transport, self.database, partner_id=partner_id)

    def close(self) -> None:
        """Let go of the database."""
        self.database.close()


def open_embedded(url: str, *, clock: Clock, rules: Path | None = None) -> OpenPrm:
    """The embedded PRM on a SQLite or PostgreSQL database, its schema brought up to date.

    `rules` is a file of rules of engagement; None means those that ship with Liaison.
    """
    return _opened(url, clock=clock, rules=rules, adapter=_own)


def _opened(url: str, *, clock: Clock, rules: Path | None, adapter: Callable[[Database, RuleBooks], Sides]) -> OpenPrm:
    books = read_rules(rules or SHIPPED)
    database = Database(url, clock=clock)
    sides = adapter(database, books)
    return OpenPrm(database=database, books=books, prm=sides.prm, desk=sides.desk, courier=Courier(database))


def open_prm(settings: Settings, *, clock: Clock) -> OpenPrm:
    """The PRM that the settings name, with the rules of the data directory when none are named.

    Raises SettingsError when there is none of that name, or when it lacks what it needs.
    """
    name = "remote" if _is_server(settings.prm_url.get_secret_value()) else settings.prm
    if name not in PRMS:
        raise SettingsError(f"There is no PRM {name!r}.", hint=f"Set LIAISON_PRM to one of {', '.join(PRMS)}.")
    settings.data.mkdir(parents=True, exist_ok=True)
    kept = settings.data / RULES_FILE
    place = database_place(settings)
    return _opened(
        place if isinstance(place, str) else f"sqlite:///{place}",
        clock=clock,
        rules=settings.prm_rules or (kept if kept.is_file() else None),
        adapter=partial(PRMS[name], settings),
    )


def database_place(settings: Settings) -> str | Path:
    """Where the embedded PRM's database is: a URL, or a file that need not exist yet."""
    urls = (settings.prm_url.get_secret_value(), settings.database_url.get_secret_value())
    return next((url for url in urls if url and not _is_server(url)), settings.data / DATABASE_FILE)


@contextmanager
def opened(url: str, *, clock: Clock, rules: Path | None = None) -> Iterator[OpenPrm]:
    """The embedded PRM, closed at the end."""
    found = open_embedded(url, clock=clock, rules=rules)
    try:
        yield found
    finally:
        found.close()
