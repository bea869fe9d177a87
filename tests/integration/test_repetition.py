"""Idempotency-Key and entity tags: nothing twice, nothing overwritten unseen."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from shared.application import idempotency
from shared.domain.errors import Unavailable
from tests.integration.conftest import TEXT, Api
from tests.integration.test_bad_input import problem

BODY = {"title": "T", "text": TEXT}


def create(api: Api, key: str = "k", **body: Any) -> Any:
    return api.call("create_session", body={**BODY, **body}, headers={"Idempotency-Key": key})


def total(api: Api) -> int:
    count: int = api.call("list_sessions").json["data"]["pagination"]["total"]
    return count


def test_the_same_request_is_answered_once(api: Api) -> None:
    first, second = create(api), create(api)
    assert (first.status_code, first.get_data()) == (second.status_code, second.get_data())
    assert first.headers["Location"] == second.headers["Location"]
    assert "Idempotency-Replayed" not in first.headers
    assert second.headers["Idempotency-Replayed"] == "true"
    assert total(api) == 1


def test_the_order_of_members_makes_no_other_request(api: Api) -> None:
    create(api)
    turned = {"text": TEXT, "title": "T"}
    response = api.call("create_session", body=turned, headers={"Idempotency-Key": "k"})
    assert response.headers["Idempotency-Replayed"] == "true"


def test_another_body_under_the_key_is_refused(api: Api) -> None:
    create(api)
    problem(create(api, title="Other"), 422, "idempotency_key_reused")
    assert total(api) == 1


def test_keys_belong_to_one_user_and_one_route(api: Api, analyzed: str) -> None:
    headers = {"Idempotency-Key": "k"}
    create(api)
    assert create(api.as_user("bob")).status_code == 201
    assert api.read("analyze_session", analyzed, headers=headers).status_code == 202


@pytest.mark.parametrize("key", ["", "a b", "x" * 256, "\xe9"])
def test_a_key_must_be_one(api: Api, key: str) -> None:
    problem(create(api, key), 422, "invalid_argument", "Idempotency-Key")
    assert total(api) == 0


def test_a_refused_request_leaves_its_key_free(api: Api) -> None:
    problem(create(api, status="failed"), 409, "conflict", "status")
    assert create(api).status_code == 201


def test_a_request_in_flight_is_told_to_wait(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    inner: list[Any] = []
    tasks = api.platform.documents
    transact = tasks.transact
    # The second request comes while the first one writes its session.
    calls = iter(range(100))

    def interrupted(work: Any) -> Any:
        if next(calls) == 1:
            inner.append(create(api))
        return transact(work)

    monkeypatch.setattr(tasks, "transact", interrupted)
    assert create(api).status_code == 201
    problem(inner[0], 409, "conflict")
    assert int(inner[0].headers["Retry-After"]) > 0
    assert total(api) == 1


def test_a_crash_after_the_effect_makes_nothing_twice(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: Any, **__: Any) -> None:
        raise Unavailable("The store is away.")

    with monkeypatch.context() as crashing:
        crashing.setattr("shared.edge.idempotency.settle", crash)
        problem(create(api), 503, "unavailable")
    now = api.platform.now()
    monkeypatch.setattr(api.platform, "now", lambda: now + timedelta(minutes=5))
    assert create(api).status_code == 201
    assert total(api) == 1


def test_a_key_is_forgotten_after_a_day(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    create(api)
    later = api.platform.now() + idempotency.KEPT_FOR
    monkeypatch.setattr(api.platform, "now", lambda: later)
    assert "Idempotency-Replayed" not in create(api).headers
    assert total(api) == 2


def test_an_upload_is_stored_once(api: Api) -> None:
    session_id, headers = api.create(), {"Idempotency-Key": "k"}
    first = api.upload(session_id, TEXT.encode(), headers=headers)
    second = api.upload(session_id, TEXT.encode(), headers=headers)
    assert first.get_data() == second.get_data()
    assert second.headers["Idempotency-Replayed"] == "true"
    third = api.upload(session_id, b"other words", headers=headers)
    problem(third, 422, "idempotency_key_reused")
    assert len(list(api.platform.uploads.list(""))) == 1


def test_an_upload_that_crashed_is_finished_by_its_repetition(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id, headers = api.create(), {"Idempotency-Key": "k"}
    transact = api.platform.documents.transact
    calls = iter(range(100))

    def crash(work: Any) -> Any:
        # After the claim and the confirmed content: the registration.
        if next(calls) == 2:
            raise SystemExit
        return transact(work)

    with monkeypatch.context() as crashing:
        crashing.setattr(api.platform.documents, "transact", crash)
        crashing.setattr("shared.application.add_content._forget_unless_registered", _nothing)
        with pytest.raises(SystemExit):
            api.upload(session_id, TEXT.encode(), headers=headers)
    problem(api.upload(session_id, b"other", headers=headers), 422, "idempotency_key_reused")
    assert api.upload(session_id, TEXT.encode(), headers=headers).status_code == 201
    assert len(api.read("list_uploads", session_id).json["data"]["uploads"]) == 1
    assert len(list(api.platform.uploads.list(""))) == 1
    api.run_pipeline()
    assert api.read("get_session", session_id).json["status"] == "completed"


def _nothing(*_: Any) -> None:
    return None


def test_a_deleted_session_takes_its_answers_along(api: Api) -> None:
    session_id = create(api).json["session_id"]
    headers = {"Idempotency-Key": "u"}
    api.upload(session_id, TEXT.encode(), headers=headers)
    api.read("delete_session", session_id)
    problem(api.upload(session_id, TEXT.encode(), headers=headers), 404, "not_found")
    api.run_pipeline()
    assert "Idempotency-Replayed" not in create(api).headers


def test_what_a_client_has_is_not_sent_again(api: Api, analyzed: str) -> None:
    first = api.read("get_session", analyzed)
    tag = first.headers["ETag"]
    for sent in (tag, f"W/{tag}", f'"x", {tag}', "*"):
        again = api.read("get_session", analyzed, headers={"If-None-Match": sent})
        assert (again.status_code, again.get_data()) == (304, b"")
        assert again.headers["ETag"] == tag
    other = api.read("get_session", analyzed, headers={"If-None-Match": '"x"'})
    assert other.status_code == 200


def test_what_has_changed_is_not_overwritten(api: Api) -> None:
    session_id = api.create()
    tag = api.read("get_session", session_id).headers["ETag"]
    updated = api.read("update_session", session_id, body={"title": "B"}, headers={"If-Match": tag})
    assert updated.status_code == 200
    assert updated.headers["ETag"] != tag
    for name, body in (("update_session", {"title": "C"}), ("delete_session", None)):
        response = api.read(name, session_id, body=body, headers={"If-Match": tag})
        problem(response, 412, "precondition_failed", "If-Match")
    fresh = {"If-Match": updated.headers["ETag"]}
    assert api.read("delete_session", session_id, headers=fresh).status_code == 200
