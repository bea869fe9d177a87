"""Revoking a user, in Firebase as `tests/firebase.py` plays it and on Firestore's emulator."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import firebase_admin
import pytest
import requests

from infra.firestore.revoke import revoke, shut_out_disabled
from shared.adapters.embedded.documents import SqliteDocuments
from shared.adapters.google.revocations import Revocations
from tests import emulators
from tests.firebase import Firebase, Nobody, firebase


@pytest.fixture
def project() -> Iterator[Firebase]:
    with firebase(emulators.new_project()) as project:
        known = project.answer

        def answer(request: requests.PreparedRequest) -> tuple[int, dict[str, str], Any]:
            if "/accounts:batchGet" in (request.url or ""):
                return 200, {}, {"users": [project.account(user_id) for user_id in project.users]}
            if not (request.url or "").endswith("/accounts:update"):
                return known(request)
            wanted = json.loads(request.body or "")
            if wanted["localId"] not in project.users:
                return 400, {}, {"error": {"code": 400, "message": "USER_NOT_FOUND"}}
            user = project.users[wanted["localId"]]
            user.valid_since = int(wanted.get("validSince", user.valid_since))
            user.disabled = wanted.get("disableUser", user.disabled)
            return 200, {}, {"localId": wanted["localId"]}

        project.answer = answer  # type: ignore[method-assign]
        yield project


def app_of(project: Firebase) -> firebase_admin.App:
    return firebase_admin.initialize_app(
        Nobody(), {"projectId": project.project}, name=project.project
    )


@pytest.mark.parametrize("disable", [False, True])
def test_revoke_leaves_what_the_rules_compare_with(
    project: Firebase, tmp_path: Path, disable: bool
) -> None:
    user_id, _ = project.sign_up()
    other_id, _ = project.sign_up()
    app = app_of(project)
    documents = SqliteDocuments(tmp_path / "documents.db")
    before = int(time.time())
    revoked_s = revoke(app, Revocations(documents), user_id, disable=disable)
    assert before <= revoked_s == project.users[user_id].valid_since
    assert project.users[user_id].disabled == disable
    record = documents.get(f"revocations/{user_id}")
    assert record is not None
    assert record.data["revoke_time"] == revoked_s
    # Long enough for every token that was issued before it to expire.
    assert record.data["expires_at"].timestamp() > revoked_s + 3600
    assert documents.get(f"revocations/{other_id}") is None


def test_all_who_are_disabled_are_shut_out_and_nobody_else(
    project: Firebase, tmp_path: Path
) -> None:
    disabled, (other, _) = [project.sign_up()[0] for _ in range(2)], project.sign_up()
    for user_id in disabled:
        project.users[user_id].disabled = True
    app = app_of(project)
    revocations = Revocations(SqliteDocuments(tmp_path / "documents.db"))
    before = int(time.time())
    assert shut_out_disabled(app, revocations) == 2
    assert all(revocations.covers(user_id, before) for user_id in disabled)
    assert not revocations.covers(other, 0)


@pytest.mark.parametrize("disable", [False, True])
def test_revoke_shuts_out_who_was_deleted(project: Firebase, tmp_path: Path, disable: bool) -> None:
    user_id, _ = project.sign_up()
    del project.users[user_id]
    revocations = Revocations(SqliteDocuments(tmp_path / "documents.db"))
    before = int(time.time())
    revoke(app_of(project), revocations, user_id, disable=disable)
    assert revocations.covers(user_id, before)
