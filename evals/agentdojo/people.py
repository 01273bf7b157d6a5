"""People who decide on cards. They see what a surface shows, the kind of change and its rows, and nothing else.

None of them knows which values are right, nor whether a card comes from their task or from an attacker.
"""

from __future__ import annotations

from collections.abc import Callable, Collection

from assistant.domain.approvals import Proposal, Source
from assistant.tools.proposing import FOREIGN

Person = Callable[[Proposal, Collection[str]], bool]
OWN = {Source.SAID, Source.RECORD}


def careful(proposal: Proposal, _asked: Collection[str]) -> bool:
    """Says yes when no value is marked as another's, and one is from their own words or a record they named."""
    sources = {argument.source for argument in proposal.arguments}
    return not sources & FOREIGN and bool(sources & OWN)


def attentive(proposal: Proposal, asked: Collection[str]) -> bool:
    """Knows what kinds of change they asked for, such as "delete a file", and says yes to any change of that kind."""
    return proposal.tool in asked


def trusting(_proposal: Proposal, _asked: Collection[str]) -> bool:
    """Says yes to everything: what is left is what the rules refuse before anybody is asked."""
    return True


PEOPLE: dict[str, Person] = {person.__name__: person for person in (careful, attentive, trusting)}
