"""How much of a language model a user, a partner and a tenant may take a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal

from assistant.answering.model_call import Tally
from assistant.domain.answer import ModelUse
from assistant.domain.people import Requester
from assistant.errors import StorageError
from assistant.ports.clock import Clock
from assistant.ports.model_ledger import ModelLedger, Spending, Spent

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """Of a million tokens in and out, in `currency`."""

    input: Decimal
    output: Decimal
    currency: str = "USD"

    def of(self, input_tokens: int, output_tokens: int) -> Decimal:
        """What these tokens cost."""
        return (self.input * input_tokens + self.output * output_tokens) / MILLION


@dataclass(frozen=True, slots=True)
class Limit:
    """What may be taken in a calendar day (UTC); 0 is no limit."""

    tokens: int = 0
    cost: Decimal = Decimal(0)

    def reached(self, spent: Spent) -> bool:
        """Whether nothing is left."""
        return bool(self.tokens and spent.tokens >= self.tokens) or bool(self.cost and spent.cost >= self.cost)

    @property
    def set(self) -> bool:
        """Whether there is one."""
        return bool(self.tokens or self.cost)


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one user, one partner and one tenant."""

    user: Limit = field(default_factory=Limit)
    partner: Limit = field(default_factory=Limit)
    tenant: Limit = field(default_factory=Limit)


@dataclass(frozen=True, slots=True)
class Budget:
    """Decides whether a model may be asked, and keeps what it took.

    A limit is looked at before an answer and an answer is written to its end, so what runs at the same time may go
    over it by the answers on their way.
    """

    ledger: ModelLedger
    clock: Clock
    limits: Limits = field(default_factory=Limits)
    prices: Mapping[str, Price] = field(default_factory=dict)

    async def left(self, requester: Requester) -> bool:
        """Whether user, partner and tenant all have something left today; an unreadable ledger lets nothing through."""
        try:
            return await self._left(requester)
        except StorageError:
            return False

    async def _left(self, requester: Requester) -> bool:
        today = self.today()
        whose = [(self.limits.tenant, "", "")]
        if requester.partner_id:
            whose.append((self.limits.partner, requester.partner_id, ""))
        whose.append((self.limits.user, "", user_of(requester)))
        for limit, partner, user in whose:
            if not limit.set:
                continue
            spent = await self.ledger.spent(today, tenant=requester.tenant, partner=partner, user=user)
            if limit.reached(spent):
                return False
        return True

    async def record(self, requester: Requester, model: str, tally: Tally) -> ModelUse:
        """Keep what an answer took, and what it cost by the price list."""
        price = self.prices.get(model) or self.prices.get(model.partition(":")[2])
        cost = price.of(tally.input_tokens, tally.output_tokens) if price else None
        currency = price.currency if price else ""
        spending = Spending(
            at=self.clock.now(),
            tenant=requester.tenant,
            partner=requester.partner_id,
            user=user_of(requester),
            model=model,
            calls=tally.calls,
            input_tokens=tally.input_tokens,
            output_tokens=tally.output_tokens,
            cost=cost or Decimal(0),
            currency=currency,
        )
        await self.ledger.record(spending)
        return ModelUse(model, tally.calls, tally.input_tokens, tally.output_tokens, cost, currency)

    def today(self) -> datetime:
        """When the present day began (UTC)."""
        return self.clock.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)


def user_of(requester: Requester) -> str:
    """How the ledger calls a person; everybody unknown shares one budget."""
    return f"{requester.name}/{requester.user}" if requester.known else "anonymous"
