from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from clients.python.insight_journey import (
    AuthService,
    NotSignedIn,
    Place,
    SignInFailed,
    Unauthenticated,
)

from .conftest import ORIGIN, Service

Problem = Callable[..., httpx.Response]


def refused(message: str) -> httpx.Response:
    return httpx.Response(400, json={"error": {"code": 400, "message": message}})


def tokens_of(service: Service) -> list[str]:
    return [request.headers["Authorization"] for request in service.requests]


def test_call_without_sign_in_is_refused_here(service: Service) -> None:
    auth = AuthService(Place.local(ORIGIN), transport=service.transport())
    with pytest.raises(NotSignedIn):
        auth.make_authenticated_request("/sessions")
    assert service.requests == []


def test_call_carries_the_token(service: Service) -> None:
    service.auth().make_authenticated_request("/sessions")
    assert tokens_of(service) == ["Bearer token-1"]
    assert str(service.requests[0].url) == f"{ORIGIN}/api/v1/sessions"


def test_token_that_ends_soon_is_refreshed_before_the_call(service: Service) -> None:
    service.token_lasts_s = 59
    service.auth().make_authenticated_request("/sessions")
    assert tokens_of(service) == ["Bearer token-2"]


def test_refused_token_is_refreshed_once(service: Service, problem: Problem) -> None:
    service.answers = [problem(401, "unauthenticated")]
    service.auth().make_authenticated_request("/sessions")
    assert tokens_of(service) == ["Bearer token-1", "Bearer token-2"]


def test_token_that_is_refused_twice_is_told(service: Service, problem: Problem) -> None:
    service.answers = [problem(401, "unauthenticated")] * 2
    with pytest.raises(Unauthenticated):
        service.auth().make_authenticated_request("/sessions")
    assert service.refreshed == 1


def test_many_threads_refresh_once(service: Service) -> None:
    auth = service.auth()
    token = auth.token()
    with ThreadPoolExecutor(8) as pool:
        found = set(pool.map(lambda _: auth.refresh(token), range(8)))
    assert found == {"token-2"}
    assert service.refreshed == 1


def test_refused_sign_in_tells_firebases_code(service: Service) -> None:
    auth = AuthService(Place.local(ORIGIN), transport=service.transport())
    service.sign_in_answers = [refused("WEAK_PASSWORD : Password should be longer")]
    with pytest.raises(SignInFailed) as caught:
        auth.sign_up("ada@example.org", "x")
    assert caught.value.code == "WEAK_PASSWORD"


def test_sign_up_whose_answer_was_lost_signs_in(service: Service) -> None:
    auth = AuthService(Place.local(ORIGIN), transport=service.transport())
    service.sign_in_answers = [httpx.ReadError("lost"), refused("EMAIL_EXISTS")]
    assert auth.sign_up("ada@example.org", "a passphrase") == "ada"


def test_sign_up_with_an_address_that_is_taken_fails(service: Service) -> None:
    auth = AuthService(Place.local(ORIGIN), transport=service.transport())
    service.sign_in_answers = [refused("EMAIL_EXISTS")]
    with pytest.raises(SignInFailed):
        auth.sign_up("ada@example.org", "a passphrase")


def test_kept_refresh_token_signs_in(service: Service) -> None:
    auth = AuthService(Place.local(ORIGIN), transport=service.transport())
    assert auth.resume("kept") == "ada"
    assert auth.token() == "token-1"


def test_sign_out_forgets(service: Service) -> None:
    auth = service.auth()
    auth.sign_out()
    with pytest.raises(NotSignedIn):
        auth.token()


def test_firebase_is_where_google_has_it() -> None:
    place = Place.firebase("https://api.example/api/v1/", "key")
    assert place.api_url == "https://api.example/api/v1"
    assert place.identity_url == "https://identitytoolkit.googleapis.com/v1"
    assert place.token_url == "https://securetoken.googleapis.com/v1"
