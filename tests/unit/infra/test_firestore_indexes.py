"""Firestore's indexes serve every query of the application, and no field that is not asked for."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from shared.contract.sessions import SortKey

FILE = Path(__file__).resolve().parents[3] / "infra" / "firestore" / "indexes.json"


@pytest.fixture(scope="module")
def indexes() -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(FILE.read_text())
    return loaded


@pytest.mark.parametrize("direction", ["ASCENDING", "DESCENDING"])
@pytest.mark.parametrize("sort", SortKey)
def test_sessions_of_an_owner_are_listed_by(
    indexes: dict[str, Any], sort: SortKey, direction: str
) -> None:
    assert {
        "collectionGroup": "sessions",
        "queryScope": "COLLECTION",
        "fields": [
            {"fieldPath": "owner_id", "order": "ASCENDING"},
            {"fieldPath": sort.value, "order": direction},
        ],
    } in indexes["indexes"]


@pytest.mark.parametrize(
    ("collection", "field"),
    [
        ("sessions", "owner_id"),
        ("sessions", "standing_since"),
        ("sessions", "retention_due"),
        ("sessions", "expires_at"),
        ("uploads", "created_at"),
        ("open_uploads", "expires_at"),
        ("open_uploads", "owner_id"),
        ("open_uploads", "session_id"),
        ("windows", "revision"),
        ("events", "seq"),
        # The rules allow a phone only queries that are pinned to the owner.
        ("events", "owner_id"),
        ("windows", "owner_id"),
        ("uploads", "owner_id"),
    ],
)
def test_field_that_is_asked_for_is_indexed(
    indexes: dict[str, Any], collection: str, field: str
) -> None:
    overrides = {
        override["fieldPath"]: override["indexes"]
        for override in indexes["fieldOverrides"]
        if override["collectionGroup"] == collection
    }
    ascending = {"order": "ASCENDING", "queryScope": "COLLECTION"}
    assert ascending in overrides.get(field, overrides.get("*", [ascending]))


def test_transcript_words_are_in_no_index(indexes: dict[str, Any]) -> None:
    exempt = {
        (override["collectionGroup"], override["fieldPath"])
        for override in indexes["fieldOverrides"]
        if not override["indexes"]
    }
    assert {("windows", "*"), ("events", "*"), ("sessions", "description")} <= exempt
    assert {
        ("corrections", "*"),
        ("uploads", "transcript"),
        ("uploads", "speaker_changes"),
    } <= exempt
    # An answer may hold what somebody said, or the secret of an upload.
    assert {("open_uploads", "session_url"), ("idempotency", "answer")} <= exempt


def test_events_and_revocations_are_forgotten_at_their_time(indexes: dict[str, Any]) -> None:
    timed = [
        (override["collectionGroup"], override["fieldPath"])
        for override in indexes["fieldOverrides"]
        if override.get("ttl")
    ]
    assert timed == [("events", "expires_at"), ("revocations", "expires_at")]
