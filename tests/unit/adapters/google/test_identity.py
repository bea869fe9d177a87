"""What the identity suite cannot ask of every platform: Firebase's own failures."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus

import pytest
import requests
from google.auth.exceptions import TransportError

from shared.adapters.google.identity import FirebaseIdentity
from shared.domain.errors import Unauthenticated, Unavailable
from tests.emulators import new_project
from tests.firebase import Firebase, Nobody, firebase

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
