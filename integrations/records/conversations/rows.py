"""Between records and rows."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import Connection, Row, Table, literal
from sqlalchemy.dialects import postgresql, sqlite

from assistant.domain.answer import Answer, AnswerStatus
from assistant.domain.conversation import Resolution, Turn
from assistant.domain.gap import (
    AskedQuestion,
    Asker,
    Complaint,
    Feedback,
    GapRecord,
    GapStatus,
    RatedAnswer,
    Rating,
    Signal,
)

ANSWER = TypeAdapter(Answer)
RESOLUTION = TypeAdapter(Resolution)
ASKER = TypeAdapter(Asker)
BITS = {Signal.DECLINED: 1, Signal.LOW_SUPPORT: 2, Signal.REASKED: 4, Signal.BADLY_RATED: 8}


def answer_text(answer: Answer) -> str:
    """An answer as JSON."""
    return ANSWER.dump_json(answer).decode()


def resolution_text(resolution: Resolution) -> str:
    """A resolution as JSON."""
    return RESOLUTION.dump_json(resolution).decode()


def turn_from(row: Row[Any]) -> Turn:
    """A turn of its row; an answer that this release cannot read any more is as good as forgotten."""
    try:
        answer = ANSWER.validate_json(row.answer) if row.answer else None
    except ValidationError:
        answer = None
    return Turn(
        position=row.position,
        resolution=RESOLUTION.validate_json(row.resolution),
        answer=answer,
        at=datetime.fromisoformat(row.at),
        view=row.viewer,
        key=row.key,
    )


def bits_of(signals: frozenset[Signal]) -> int:
    """Signals as a number that a database can join by OR."""
    return sum(BITS[signal] for signal in signals)


def asked_values(asked: AskedQuestion) -> dict[str, Any]:
    """The columns of an asked question."""
    return {
        "tenant": asked.asker.tenant,
        "answer_id": asked.answer_id,
        "owner": asked.owner,
        "asker": ASKER.dump_json(asked.asker).decode(),
        "question": asked.question,
        "language": asked.language,
        "status": asked.status.value,
        "confidence": asked.confidence,
        "generation": asked.generation,
        "evidence": asked.evidence,
        "nearest": ids_text(asked.nearest),
        "first_at": asked.first_at.isoformat(),
        "last_at": asked.last_at.isoformat(),
        "times": asked.times,
        "signals": bits_of(asked.signals),
        "gap_id": asked.gap_id,
    }


def asked_from(row: Row[Any]) -> AskedQuestion:
    """An asked question of its row."""
    return AskedQuestion(
        answer_id=row.answer_id,
        owner=row.owner,
        asker=ASKER.validate_json(row.asker),
        question=row.question,
        language=row.language,
        status=AnswerStatus(row.status),
        confidence=row.confidence,
        generation=row.generation,
        evidence=row.evidence,
        nearest=ids_from(row.nearest),
        first_at=datetime.fromisoformat(row.first_at),
        last_at=datetime.fromisoformat(row.last_at),
        times=row.times,
        signals=frozenset(signal for signal, bit in BITS.items() if row.signals & bit),
        gap_id=row.gap_id,
    )


def rated_from(row: Row[Any]) -> RatedAnswer:
    """A rating with its question, of a row that joins both."""
    feedback = Feedback(
        answer_id=row.answer_id,
        rating=Rating(row.rating),
        comment=row.comment,
        reason=Complaint(row.reason) if row.reason else None,
    )
    at = datetime.fromisoformat(row.at)
    return RatedAnswer(feedback, question=row.question, language=row.language, generation=row.generation, at=at)


def gap_values(gap: GapRecord) -> dict[str, Any]:
    """The columns of a gap."""
    return {
        "tenant": gap.tenant,
        "id": gap.id,
        "language": gap.language,
        "question": gap.question,
        "vector": gap.vector,
        "fingerprint": gap.fingerprint,
        "status": gap.status.value,
        "opened_at": gap.opened_at.isoformat(),
        "changed_at": gap.changed_at.isoformat(),
        "checked": gap.checked,
        "nearest": ids_text(gap.nearest),
        "answered_in": ids_text(gap.answered_in),
    }


def gap_from(row: Row[Any]) -> GapRecord:
    """A gap of its row."""
    return GapRecord(
        id=row.id,
        tenant=row.tenant,
        language=row.language,
        question=row.question,
        vector=bytes(row.vector),
        fingerprint=row.fingerprint,
        status=GapStatus(row.status),
        opened_at=datetime.fromisoformat(row.opened_at),
        changed_at=datetime.fromisoformat(row.changed_at),
        checked=row.checked,
        nearest=ids_from(row.nearest),
        answered_in=ids_from(row.answered_in),
    )


def ids_text(ids: tuple[str, ...]) -> str:
    """Ids as JSON."""
    return json.dumps(list(ids), ensure_ascii=False)


def ids_from(text: str) -> tuple[str, ...]:
    """Ids of JSON."""
    return tuple(json.loads(text))


def insert_new(connection: Connection, table: Table, values: dict[str, Any]) -> bool:
    """Insert a row unless one with its key is there; whether it was inserted."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    added = dialect.insert(table).values(values).on_conflict_do_nothing().returning(literal(1))
    return connection.execute(added).first() is not None
