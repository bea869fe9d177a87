"""What the identity suite cannot ask of every platform: Firebase's own failures."""

from __future__ import annotations

import time
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path

import jwt
import pytest
import requests
from google.api_core.exceptions import Forbidden
from google.auth.exceptions import TransportError

from shared.adapters.embedded.documents import SqliteDocuments
from shared.adapters.google.identity import FirebaseIdentity
from shared.adapters.google.revocations import Revocations
from shared.domain.errors import Unauthenticated, Unavailable
from tests.emulators import new_project
from tests.firebase import KEY_ID, Firebase, Nobody, firebase

CERTIFICATES = "https://www.googleapis.com/robot/v1/metadata/x509/"
ACCOUNTS = "https://identitytoolkit.googleapis.com/"
LOST = requests.ConnectionError("lost")
LATE = requests.Timeout("late")


@pytest.fixture
def project() -> Iterator[Firebase]:
    with firebase(new_project()) as fake:
        yield fake


@pytest.fixture
def identity(project: Firebase) -> FirebaseIdentity:
    return FirebaseIdentity(project.project, credential=Nobody())


@pytest.mark.parametrize("failure", [HTTPStatus.SERVICE_UNAVAILABLE, LOST, LATE])
@pytest.mark.parametrize("endpoint", [CERTIFICATES, ACCOUNTS])
def test_unreachable_firebase_is_no_refusal(
    project: Firebase,
    identity: FirebaseIdentity,
    endpoint: str,
    failure: HTTPStatus | Exception,
) -> None:
    user_id, token = project.sign_up()
    project.broken[endpoint] = failure
    with pytest.raises(Unavailable):
        identity.verify(token)
    project.broken.clear()
    assert identity.verify(token).user_id == user_id


def test_credential_that_cannot_be_refreshed_is_no_refusal(
    project: Firebase, identity: FirebaseIdentity
) -> None:
    _, token = project.sign_up()
    project.broken[ACCOUNTS] = TransportError("no metadata server")  # type: ignore[no-untyped-call]
    with pytest.raises(Unavailable):
        identity.verify(token)


def test_certificates_are_fetched_once(project: Firebase, identity: FirebaseIdentity) -> None:
    _, token = project.sign_up()
    for _ in range(3):
        identity.verify(token)
    assert sum(url.startswith(CERTIFICATES) for url in project.asked) == 1


def test_revocation_is_asked_for_every_time(project: Firebase, identity: FirebaseIdentity) -> None:
    _, token = project.sign_up()
    for _ in range(3):
        identity.verify(token)
    assert sum(url.startswith(ACCOUNTS) for url in project.asked) == 3


def test_process_has_one_app_for_a_project(project: Firebase) -> None:
    first = FirebaseIdentity(project.project, credential=Nobody())
    second = FirebaseIdentity(project.project, credential=Nobody())
    _, token = project.sign_up()
    first.verify(token)
    second.verify(token)
    assert first._app is second._app


def test_refusal_does_not_carry_the_token(project: Firebase, identity: FirebaseIdentity) -> None:
    token = "not-a-token"
    with pytest.raises(Unauthenticated) as caught:
        identity.verify(token)
    assert token not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__suppress_context__


@pytest.fixture
def revocations(tmp_path: Path) -> Revocations:
    return Revocations(SqliteDocuments(tmp_path / "documents.db"))


def refused(identity: FirebaseIdentity, token: str) -> None:
    with pytest.raises(Unauthenticated):
        identity.verify(token)


def auth_time(token: str) -> int:
    return int(jwt.decode(token, options={"verify_signature": False})["auth_time"])


@pytest.mark.parametrize("deleted", [False, True])
def test_rules_are_told_of_who_is_disabled_or_deleted(
    project: Firebase, revocations: Revocations, deleted: bool
) -> None:
    identity = FirebaseIdentity(project.project, credential=Nobody(), revocations=revocations)
    (user_id, token), (other_id, other_token) = project.sign_up(), project.sign_up()
    identity.verify(token)
    assert not revocations.covers(user_id, 0)
    if deleted:
        del project.users[user_id]
    else:
        project.users[user_id].disabled = True
    refused(identity, token)
    assert revocations.covers(user_id, auth_time(token))
    assert identity.verify(other_token).user_id == other_id
    assert not revocations.covers(other_id, 0)


def test_rules_are_told_once_and_of_no_token_that_is_false(
    project: Firebase, tmp_path: Path
) -> None:
    documents = SqliteDocuments(tmp_path / "documents.db")
    told = Revocations(documents)
    identity = FirebaseIdentity(project.project, credential=Nobody(), revocations=told)
    user_id, token = project.sign_up()
    project.users[user_id].disabled = True
    forged = jwt.encode(project.claims(user_id), "x" * 32, "HS256", headers={"kid": KEY_ID})
    refused(identity, forged)
    assert documents.get(f"revocations/{user_id}") is None
    refused(identity, token)
    first = documents.get(f"revocations/{user_id}")
    refused(identity, token)
    assert first is not None
    assert documents.get(f"revocations/{user_id}") == first


def test_change_of_password_shuts_no_listener_out(
    project: Firebase, revocations: Revocations
) -> None:
    identity = FirebaseIdentity(project.project, credential=Nobody(), revocations=revocations)
    user_id, token = project.sign_up()
    project.revoke(user_id)
    refused(identity, token)
    assert not revocations.covers(user_id, 0)


def test_user_is_refused_though_the_rules_cannot_be_told(
    project: Firebase, caplog: pytest.LogCaptureFixture
) -> None:
    class Broken(Revocations):
        def covers(self, user_id: str, signed_in_s: int) -> bool:
            raise Forbidden(f"{user_id} {token}")

    identity = FirebaseIdentity(project.project, credential=Nobody(), revocations=Broken(None))  # type: ignore[arg-type]
    user_id, token = project.sign_up()
    project.users[user_id].disabled = True
    refused(identity, token)
    assert "not recorded: Forbidden" in caplog.text
    assert token not in caplog.text
    assert user_id not in caplog.text


def test_record_only_ever_reaches_further(revocations: Revocations) -> None:
    now_s = int(time.time())
    revocations.record("ada", now_s)
    revocations.record("ada", now_s - 100)
    assert revocations.covers("ada", now_s)
    assert not revocations.covers("ada", now_s + 1)
