"""Kits that are kept for review: their versions, who decided what on which, and where they stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class ReviewRole(StrEnum):
    """In whose name somebody looks at a kit. All three must approve."""

    BRAND = "brand"
    MARKET = "market"
    LEGAL = "legal"


class Decision(StrEnum):
    """What a reviewer says."""

    APPROVE = "approve"
    CHANGES = "changes"


class KitStatus(StrEnum):
    """Where a kit stands. Only an approved one may be sent."""

    NOT_READY = "not ready"
    IN_REVIEW = "in review"
    CHANGES_REQUESTED = "changes requested"
    APPROVED = "approved"


@dataclass(frozen=True, slots=True)
class KitReview:
    """One decision: by whom, in which role, on which version with which digest, by which rules and release."""

    role: ReviewRole
    decision: Decision
    reviewer: str
    at: datetime
    version: int
    digest: str
    rules: str
    release: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class KitDraft:
    """A kit to keep. `body` is the kit as JSON, `rules` the fingerprint of the data it was checked by.

    `ready` says whether every field of it is ready for approval.
    """

    id: str
    tenant: str
    partner: str
    body: str
    digest: str
    rules: str
    ready: bool
    drafted_by: str
    drafted_at: datetime


@dataclass(frozen=True, slots=True)
class KeptKit:
    """The present version of a kit, and every review that was ever made of it, oldest first."""

    draft: KitDraft
    version: int
    reviews: tuple[KitReview, ...] = ()

    @property
    def standing(self) -> dict[ReviewRole, KitReview]:
        """The last review of each role on the present version; those of earlier versions are void."""
        return {review.role: review for review in self.reviews if review.version == self.version}

    @property
    def status(self) -> KitStatus:
        """Where it stands."""
        decisions = {role: review.decision for role, review in self.standing.items()}
        if Decision.CHANGES in decisions.values():
            return KitStatus.CHANGES_REQUESTED
        if not self.draft.ready:
            return KitStatus.NOT_READY
        return KitStatus.APPROVED if len(decisions) == len(ReviewRole) else KitStatus.IN_REVIEW
