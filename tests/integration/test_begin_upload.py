"""Announcing an upload: checked like one that is sent, and answered with a way into storage."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest
from werkzeug.test import Client as WsgiClient
from werkzeug.test import TestResponse

from shared.adapters.embedded.upload_routes import UploadRoutes
from tests.integration.conftest import TEXT, Api
from tests.integration.test_bad_input import problem
from tests.integration.test_uploads import WAV, stored

GIB = 1024**3
ANNOUNCED = {"filename": "a.wav", "size": len(WAV), "content_type": "audio/wav", "type": "audio"}


def begin(api: Api, session_id: str, headers: Any = None, **changed: Any) -> TestResponse:
    body = {key: value for key, value in {**ANNOUNCED, **changed}.items() if value is not ...}
    return api.read("begin_upload", session_id, body=body, headers=headers)


def send(api: Api, url: str, content: bytes) -> TestResponse:
    client = WsgiClient(UploadRoutes(api.platform.upload_sessions, 1), TestResponse)
    return client.put(url, data=content)


def only(api: Api, session_id: str) -> dict[str, Any]:
    (upload,) = api.read("list_uploads", session_id).json["data"]["uploads"]
    return dict(upload)


def test_file_goes_straight_into_storage_and_is_analysed(api: Api) -> None:
    session_id, content = api.create(), TEXT.encode()
    checksum = f"sha256:{hashlib.sha256(content).hexdigest()}"
    announced = {"filename": "a.txt", "size": len(content), "content_type": "text/plain"}
    answer = begin(api, session_id, **announced, type="text", checksum=checksum)
    assert answer.status_code == 201
    begun = answer.json["data"]
    assert begun["upload"] == only(api, session_id)
    assert (begun["upload"]["state"], begun["upload"]["received"]) == ("uploading", 0)
    assert begun["upload_session"]["url"].startswith("http://localhost/upload/")
    assert send(api, begun["upload_session"]["url"], content).status_code == 200
    api.run_pipeline()
    upload = only(api, session_id)
    assert (upload["state"], upload["checksum"]) == ("transcribed", checksum)
    assert (upload["received"], upload["size"]) == (len(content), len(content))
    assert api.read("get_session", session_id).json["analysis_status"] == "success"


@pytest.mark.parametrize(
    ("changed", "status", "field"),
    [
        ({"filename": ...}, 422, "filename"),
        ({"filename": ""}, 422, "filename"),
        ({"filename": "a" * 1_025}, 422, "filename"),
        ({"size": ...}, 422, "size"),
        ({"size": 0}, 422, "size"),
        ({"size": -1}, 422, "size"),
        ({"size": "12"}, 422, "size"),
        ({"size": 1.5}, 422, "size"),
        ({"size": 5 * GIB + 1}, 413, "size"),
        ({"size": 5 * 1024**2 + 1, "content_type": "text/plain", "type": "text"}, 413, "size"),
        ({"size": 30 * 1024**2 + 1, "content_type": "application/pdf", "type": ...}, 413, "size"),
        ({"content_type": ...}, 422, "content_type"),
        ({"content_type": "application/x-msdownload"}, 415, "content_type"),
        ({"content_type": "audio/midi"}, 415, "content_type"),
        ({"content_type": ""}, 415, "content_type"),
        ({"type": "hologram"}, 422, "type"),
        ({"type": "text"}, 422, "type"),
        ({"checksum": "md5:0"}, 422, "checksum"),
    ],
)
def test_what_cannot_be_taken_is_refused_by_its_field(
    api: Api, changed: dict[str, Any], status: int, field: str
) -> None:
    session_id = api.create()
    code = {413: "too_large", 415: "unsupported_content", 422: "invalid_argument"}[status]
    problem(begin(api, session_id, **changed), status, code, field)
    assert api.read("list_uploads", session_id).json["data"]["uploads"] == []


@pytest.mark.parametrize(
    "changed",
    [
        {"size": 5 * GIB},
        {"type": ...},
        {"type": "video"},
        {"content_type": "Audio/WAV; codecs=1"},
        {"content_type": "video/quicktime", "type": "audio", "filename": "memo.mov"},
    ],
)
def test_recordings_as_devices_name_them_are_taken(api: Api, changed: dict[str, Any]) -> None:
    session_id = api.create()
    assert begin(api, session_id, **changed).status_code == 201


def test_name_is_made_as_harmless_as_that_of_a_sent_file(api: Api) -> None:
    session_id = api.create()
    begun = begin(api, session_id, filename="../../etc/\u202epasswd\n.wav").json["data"]
    assert begun["upload"]["filename"] == "passwd.wav"


def test_repetition_with_a_key_opens_no_second_way(api: Api) -> None:
    session_id, key = api.create(), {"Idempotency-Key": "k"}
    first, again = (begin(api, session_id, key) for _ in range(2))
    assert first.get_data() == again.get_data()
    assert again.headers["Idempotency-Replayed"] == "true"
    problem(begin(api, session_id, key, size=7), 422, "idempotency_key_reused")
    assert only(api, session_id)["size"] == len(WAV)


def test_cancelled_upload_is_gone(api: Api) -> None:
    session_id = api.create()
    begun = begin(api, session_id).json["data"]
    ids = {"session_id": session_id, "upload_id": begun["upload"]["id"]}
    assert api.call("cancel_upload", ids=ids).status_code == 200
    assert api.call("cancel_upload", ids=ids).status_code == 404
    assert send(api, begun["upload_session"]["url"], WAV).status_code == 404
    assert api.read("list_uploads", session_id).json["data"]["uploads"] == []


def test_complete_upload_cannot_be_cancelled(api: Api) -> None:
    session_id = api.create()
    upload = api.upload(session_id, WAV, "a.wav").json["data"]["upload"]
    ids = {"session_id": session_id, "upload_id": upload["id"]}
    assert api.call("cancel_upload", ids=ids).status_code == 409
    assert only(api, session_id)["state"] == upload["state"]


def test_bytes_of_another_kind_fail_the_upload(api: Api) -> None:
    session_id = api.create()
    url = begin(api, session_id, size=len(TEXT)).json["data"]["upload_session"]["url"]
    assert send(api, url, TEXT.encode()).status_code == 200
    api.run_pipeline()
    upload = only(api, session_id)
    assert (upload["state"], upload["error"]["code"]) == ("failed", "invalid_argument")
    assert stored(api) == []


def test_deleted_session_takes_no_more_bytes(api: Api) -> None:
    session_id = api.create()
    url = begin(api, session_id).json["data"]["upload_session"]["url"]
    assert api.read("delete_session", session_id).status_code == 200
    api.run_pipeline()
    assert send(api, url, WAV).status_code == 404
    assert stored(api) == []
