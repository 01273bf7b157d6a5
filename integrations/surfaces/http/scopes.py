"""What a key or a token may be allowed to do over HTTP."""

from __future__ import annotations

from enum import StrEnum


class AccessScope(StrEnum):
    """One thing a caller may do; within it, the audience of the content still decides what is seen."""

    ASK = "ask"
    READ_DOCUMENTS = "documents:read"
    WRITE_DOCUMENTS = "documents:write"
    FEEDBACK = "feedback"
    CHAT = "chat"  # conversations with the agent, and approving what they propose
    CAMPAIGNS = "campaigns"  # drafting kits, and for the vendor's people reviewing them
    COSELL = "cosell"  # recommendations, for the vendor's people
    READ_GAPS = "gaps:read"
    READ_PRM = "prm:read"
    WRITE_PRM = "prm:write"
    DECIDE_PRM = "prm:decide"
    ACT_FOR = "prm:act_for"


ALL_SCOPES = frozenset(str(scope) for scope in AccessScope)
READERS_SCOPES = (AccessScope.ASK, AccessScope.READ_DOCUMENTS, AccessScope.FEEDBACK)
