"""API keys: what is kept, who gets in, and when no longer."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.errors import LiaisonError, NotAuthenticated, RecordNotFound, UsageError
from integrations.bootstrap import build
from integrations.clock import FixedClock
from integrations.settings import Settings
from integrations.surfaces.http.keys import KeyRing, parts_of, state_of, token_of
from integrations.surfaces.http.scopes import ALL_SCOPES

START = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
async def ring(tmp_path: Path) -> AsyncIterator[KeyRing]:
    liaison = build(Settings(data=tmp_path), clock=FixedClock(START))
    yield KeyRing(store=liaison.api_keys, clock=liaison.clock, known_scopes=ALL_SCOPES)
    liaison.close()


def later(ring: KeyRing, **by: float) -> KeyRing:
    return KeyRing(store=ring.store, clock=FixedClock(START + timedelta(**by)), known_scopes=ring.known_scopes)


def files_with(folder: Path, marker: bytes) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file() and marker in path.read_bytes()]


async def test_a_new_key_is_known_by_its_token_with_what_it_may_do(ring: KeyRing) -> None:
    made = await ring.create(name="portal", principal="partner:acme", scopes=["ask"], rate_per_minute=7)
    found = await ring.check(made.token)
    assert found == made.key
    assert (found.principal, found.scopes, found.rate_per_minute) == ("partner:acme", frozenset({"ask"}), 7)


async def test_the_secret_is_nowhere_on_disk(ring: KeyRing, tmp_path: Path) -> None:
    made = await ring.create(name="portal", scopes=["ask"])
    secret = parts_of(made.token)[1].encode()
    assert files_with(tmp_path, made.key.id.encode())
    assert files_with(tmp_path, secret) == []


async def test_a_wrong_secret_and_an_unknown_id_are_refused_with_the_same_words(ring: KeyRing) -> None:
    made = await ring.create(name="portal", scopes=["ask"])
    told = set()
    for token in (made.token + "x", token_of(made.key.id, "guess"), token_of("ffffffffffff", "guess"), "", "a_b_c"):
        with pytest.raises(NotAuthenticated) as refused:
            await ring.check(token)
        told.add(str(refused.value))
    assert len(told) == 1


async def test_a_key_ends_on_its_day(ring: KeyRing) -> None:
    made = await ring.create(name="portal", scopes=["ask"], lifetime=timedelta(days=1))
    assert await later(ring, hours=23).check(made.token) == made.key
    with pytest.raises(NotAuthenticated):
        await later(ring, hours=24).check(made.token)
    assert state_of(made.key, START + timedelta(days=2)) == "expired"


async def test_after_a_rotation_the_old_secret_is_good_for_the_grace_period_only(ring: KeyRing) -> None:
    old = await ring.create(name="portal", scopes=["ask"])
    new = await ring.rotate(old.key.id, grace=timedelta(hours=2))
    assert new.token != old.token
    for token in (old.token, new.token):
        assert (await later(ring, hours=1).check(token)).id == old.key.id
    assert (await later(ring, hours=3).check(new.token)).id == old.key.id
    with pytest.raises(NotAuthenticated):
        await later(ring, hours=3).check(old.token)


async def test_without_grace_a_rotation_ends_the_old_secret_at_once(ring: KeyRing) -> None:
    old = await ring.create(name="portal", scopes=["ask"])
    await ring.rotate(old.key.id)
    with pytest.raises(NotAuthenticated):
        await ring.check(old.token)


async def test_a_revoked_key_is_refused_at_once_and_cannot_be_rotated_back(ring: KeyRing) -> None:
    made = await ring.create(name="portal", scopes=["ask"])
    await ring.rotate(made.key.id, grace=timedelta(hours=2))
    await ring.revoke(made.key.id)
    with pytest.raises(NotAuthenticated):
        await ring.check(made.token)
    with pytest.raises(UsageError):
        await ring.rotate(made.key.id)


@pytest.mark.parametrize(
    ("scopes", "lifetime"), [([], None), (["everything"], None), (["ask", "root"], None), (["ask"], timedelta(0))]
)
async def test_a_key_that_makes_no_sense_is_not_made(
    ring: KeyRing, scopes: list[str], lifetime: timedelta | None
) -> None:
    with pytest.raises(UsageError):
        await ring.create(name="portal", scopes=scopes, lifetime=lifetime)
    assert await ring.store.all() == []


async def test_an_unknown_key_cannot_be_rotated_or_revoked(ring: KeyRing) -> None:
    with pytest.raises(RecordNotFound):
        await ring.rotate("ffffffffffff")
    with pytest.raises(RecordNotFound):
        await ring.revoke("ffffffffffff")


@given(token=st.text(max_size=300))
def test_any_text_is_a_token_or_none_and_never_an_error(token: str) -> None:
    key_id, secret = parts_of(token)
    assert bool(secret) <= token.startswith("liaison_")
    assert not secret or token_of(key_id, secret) == token


def test_the_refusal_tells_what_to_do() -> None:
    error: LiaisonError = NotAuthenticated("No.", hint="Send a key.")
    assert "Send a key." in str(error)
