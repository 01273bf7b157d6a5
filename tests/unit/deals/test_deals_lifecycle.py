from __future__ import annotations

from dataclasses import fields, replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.domain.deals import DealChange, DealRegistration, DealState
from assistant.domain.deals_lifecycle import (
    ALL_FIELDS,
    OPEN,
    TERMINAL,
    TRANSITIONS,
    DealEvent,
    advance,
    allowed_events,
    change,
    editable_fields,
    overdue,
)
from assistant.errors import NotAllowedInState
from tests.unit.deals.example import NOW, PERIODS, a_deal

events = st.lists(st.tuples(st.sampled_from(DealEvent), st.integers(0, 120)), max_size=40)


def walk(steps: list[tuple[DealEvent, int]]) -> list[DealRegistration]:
    now, deal = NOW, a_deal(DealState.DRAFT)
    seen = [deal]
    for event, days in steps:
        now += timedelta(days=days)
        try:
            deal = advance(deal, event, now=now, periods=PERIODS, actor="test")
        except NotAllowedInState:
            continue
        seen.append(deal)
    return seen


@given(events)
def test_every_step_of_every_history_is_in_the_table(steps: list[tuple[DealEvent, int]]) -> None:
    history = walk(steps)
    arrivals = {(source, target) for (source, _), target in TRANSITIONS.items()}
    assert all((a.state, b.state) in arrivals for a, b in pairwise(history))


@given(events)
def test_a_final_state_is_left_only_by_the_one_appeal(steps: list[tuple[DealEvent, int]]) -> None:
    history = walk(steps)
    left = [(a, b) for a, b in pairwise(history) if a.state in TERMINAL]
    assert len(left) <= 1
    assert all(b.appeals == 1 and a.state in {DealState.REJECTED, DealState.EXPIRED} for a, b in left)


@given(events)
def test_protection_is_extended_at_most_once_and_never_shortened(steps: list[tuple[DealEvent, int]]) -> None:
    for a, b in pairwise(walk(steps)):
        assert b.extensions <= PERIODS.extensions
        if a.protected_until and b.protected_until:
            assert b.protected_until >= a.protected_until


@given(events)
def test_a_clock_runs_only_where_lapsing_is_possible(steps: list[tuple[DealEvent, int]]) -> None:
    for deal in walk(steps):
        assert (deal.due_at is not None) == (deal.state in {DealState.ACTION_REQUIRED, DealState.ACTIVE})


@pytest.mark.parametrize("state", sorted(DealState))
@pytest.mark.parametrize("event", sorted(DealEvent))
def test_what_the_table_does_not_list_is_refused_with_the_events_that_are_possible(
    state: DealState, event: DealEvent
) -> None:
    if (state, event) in TRANSITIONS:
        return
    with pytest.raises(NotAllowedInState) as caught:
        advance(a_deal(state), event, now=NOW, periods=PERIODS, actor="test")
    assert caught.value.problems[0].code == "illegal_event"
    assert all(possible in caught.value.message for possible in allowed_events(a_deal(state)))


def test_every_open_state_has_a_way_out_and_every_state_is_open_or_final() -> None:
    assert {state for state, _ in TRANSITIONS} >= OPEN
    assert set(DealState) == OPEN | TERMINAL


@given(st.sampled_from(DealState), st.sets(st.sampled_from(sorted(ALL_FIELDS))))
def test_a_locked_field_is_named_and_nothing_is_changed(state: DealState, names: set[str]) -> None:
    deal = a_deal(state)
    edit = replace(DealChange(), **{name: getattr(deal.draft, name) or "x" for name in names})  # type: ignore[arg-type]
    locked = names - editable_fields(state)
    if not locked:
        assert change(deal, edit, now=NOW).state is state
        return
    with pytest.raises(NotAllowedInState) as caught:
        change(deal, edit, now=NOW)
    assert {problem.field for problem in caught.value.problems} == locked


def test_a_field_that_an_edit_leaves_out_stays_as_it_was() -> None:
    deal = a_deal(DealState.DRAFT)
    edited = change(deal, DealChange(title="Another title"), now=NOW)
    assert edited.draft.title == "Another title"
    unchanged = {field.name for field in fields(edited.draft)} - {"title"}
    assert all(getattr(edited.draft, name) == getattr(deal.draft, name) for name in unchanged)


def test_nothing_is_editable_while_somebody_decides_or_after_the_end() -> None:
    for state in (DealState.SUBMITTED, DealState.IN_REVIEW, *(TERMINAL - {DealState.WON})):
        assert editable_fields(state) == frozenset()


def test_a_deal_is_overdue_from_the_very_moment_it_runs_out() -> None:
    approved = advance(a_deal(), DealEvent.APPROVE, now=NOW, periods=PERIODS, actor="cm")
    active = advance(approved, DealEvent.PROTECT, now=NOW, periods=PERIODS, actor="cm")
    assert active.protected_until == NOW + timedelta(days=90)
    assert not overdue(active, now=NOW + timedelta(days=90, microseconds=-1))
    assert overdue(active, now=NOW + timedelta(days=90))


def test_an_appeal_after_the_window_is_refused() -> None:
    rejected = advance(a_deal(), DealEvent.REJECT, now=NOW, periods=PERIODS, actor="cm", comment="known account")
    with pytest.raises(NotAllowedInState, match="60 days"):
        advance(rejected, DealEvent.APPEAL, now=NOW + timedelta(days=61), periods=PERIODS, actor="acme")
