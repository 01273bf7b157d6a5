"""What people think of answers."""

from __future__ import annotations

from dataclasses import dataclass, replace

from assistant.domain.conversation import identity_of
from assistant.domain.gap import LONGEST_COMMENT, Feedback, RatedAnswer, Rating, Signal
from assistant.domain.people import Requester, Role
from assistant.errors import Forbidden, UnknownAnswer, UsageError
from assistant.gaps.redaction import redacted
from assistant.ports.clock import Clock
from assistant.ports.gap_store import GapStore


@dataclass(frozen=True, slots=True)
class FeedbackDesk:
    """Takes ratings of answers from those who asked, and shows them to the vendor's people."""

    store: GapStore
    clock: Clock

    async def rate(self, feedback: Feedback, *, requester: Requester) -> RatedAnswer:
        """Keep a rating with the question and the content state of its answer; a bad one makes the question a gap.

        Only the person who asked may rate: raises UnknownAnswer for anybody else exactly as for an id that does not
        exist, and UsageError for a comment that is too long. Rating again replaces the rating.
        """
        if len(feedback.comment) > LONGEST_COMMENT:
            raise UsageError(f"A comment has at most {LONGEST_COMMENT} characters.", hint="Shorten it.")
        asked = await self.store.asked(feedback.answer_id, tenant=requester.tenant)
        identity = identity_of(requester)
        if not identity or asked.owner != identity:
            raise UnknownAnswer(f"There is no answer {feedback.answer_id!r} of yours.")
        kept = replace(feedback, comment=redacted(feedback.comment.strip()))
        now = self.clock.now()
        await self.store.rate(kept, tenant=requester.tenant, at=now)
        change = self.store.mark if feedback.rating is Rating.BAD else self.store.unmark
        await change(feedback.answer_id, Signal.BADLY_RATED, tenant=requester.tenant)
        return RatedAnswer(
            feedback=kept, question=asked.question, language=asked.language, generation=asked.generation, at=now
        )

    async def ratings(self, *, requester: Requester) -> tuple[RatedAnswer, ...]:
        """Every rating of the tenant, newest first. Raises Forbidden unless one of the vendor's people asks."""
        if requester.role not in {Role.CHANNEL_MANAGER, Role.ADMINISTRATOR}:
            raise Forbidden("Only channel managers and administrators read what people think of answers.")
        return await self.store.ratings(tenant=requester.tenant)
