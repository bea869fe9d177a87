from __future__ import annotations

from tests.integration.conftest import Api


def test_ticket_is_created_for_the_callers_session(api: Api) -> None:
    response = api.read("create_event_ticket", api.create())
    assert response.status_code == 201
    assert response.headers["Cache-Control"] == "no-store"
    data = response.json["data"]
    assert len(data["ticket"]) == 40
    assert data["expires_at"].endswith("Z")


def test_ticket_of_a_foreign_session_is_not_found(api: Api) -> None:
    session_id = api.create()
    assert api.as_user("bob").read("create_event_ticket", session_id).status_code == 404


def test_ticket_needs_a_signed_in_caller(api: Api) -> None:
    assert api.as_user(None).read("create_event_ticket", api.create()).status_code == 401
