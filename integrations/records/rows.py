"""Domain objects to table rows and back."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import Row

from assistant.domain.content import Audience, Document, Locator, Passage, Scope
from assistant.domain.people import Role
from assistant.ports.embedder import Vector

KEPT_APART = {"id", "uri", "title", "content_hash", "scope"}


def scope_text(scope: Scope) -> str:
    """A scope as the JSON that `scope_from` reads."""
    audience = scope.audience
    return json.dumps(
        {
            "roles": sorted(audience.roles),
            "minimum_tier": audience.minimum_tier,
            "regions": sorted(audience.regions),
            "partner_ids": sorted(audience.partner_ids),
            "valid_from": scope.valid_from.isoformat() if scope.valid_from else None,
            "valid_until": scope.valid_until.isoformat() if scope.valid_until else None,
        }
    )


def scope_from(text: str) -> Scope:
    """The scope that `scope_text` wrote."""
    found = json.loads(text)
    return Scope(
        audience=Audience(
            roles=frozenset(Role(name) for name in found["roles"]),
            minimum_tier=found["minimum_tier"],
            regions=frozenset(found["regions"]),
            partner_ids=frozenset(found["partner_ids"]),
        ),
        valid_from=date.fromisoformat(found["valid_from"]) if found["valid_from"] else None,
        valid_until=date.fromisoformat(found["valid_until"]) if found["valid_until"] else None,
    )


def document_values(document: Document, *, text: str, source: str) -> dict[str, Any]:
    """The columns of a document except its lifetime."""
    facts = {name: value for name, value in asdict(document).items() if name not in KEPT_APART}
    return {
        "id": document.id,
        "source": source,
        "uri": document.uri,
        "content_hash": document.content_hash,
        "scope_key": document.scope.key,
        "title": document.title,
        "facts": json.dumps(facts, ensure_ascii=False, sort_keys=True),
        "text": text,
    }


def document_from(row: Row[Any], scope: Scope) -> Document:
    """A document of its row and scope."""
    return Document(
        id=row.id,
        uri=row.uri,
        title=row.title,
        content_hash=row.content_hash,
        scope=scope,
        **json.loads(row.facts),
    )


def passage_values(passage: Passage) -> dict[str, Any]:
    """The columns of a passage except its lifetime."""
    locator = passage.locator
    return {
        "id": passage.id,
        "document_id": passage.document_id,
        "ordinal": passage.ordinal,
        "heading_path": json.dumps(passage.heading_path, ensure_ascii=False),
        "locator": json.dumps([locator.unit, locator.start, locator.end, locator.part], ensure_ascii=False),
        "start": passage.start,
        "end": passage.end,
        "language": passage.language,
        "scope_key": passage.scope_key,
        "tokens": passage.tokens,
        "text": passage.text,
    }


def passage_from(row: Row[Any]) -> Passage:
    """A passage of its row."""
    unit, start, end, part = json.loads(row.locator)
    return Passage(
        id=row.id,
        document_id=row.document_id,
        ordinal=row.ordinal,
        heading_path=tuple(json.loads(row.heading_path)),
        text=row.text,
        start=row.start,
        end=row.end,
        locator=Locator(unit=unit, start=start, end=end, part=part),
        language=row.language,
        scope_key=row.scope_key,
        tokens=row.tokens,
    )


def vector_bytes(vector: Vector) -> bytes:
    """A vector as little-endian float32."""
    return np.ascontiguousarray(vector, dtype="<f4").tobytes()


def vector_from(data: bytes) -> Vector:
    """The vector that `vector_bytes` wrote."""
    return np.frombuffer(data, dtype="<f4").astype(np.float32, copy=False)
