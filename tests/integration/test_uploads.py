"""Uploads: streamed, told by their bytes, and gone without a trace if anything is wrong."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from typing import Any

import pytest

from tests.integration.conftest import LAST, TEXT, Api, part
from tests.integration.test_bad_input import MISSING, problem

WAV = b"RIFF\x24\x00\x00\x00WAVEfmt " + b"\x00\x01" * 200
MP4 = b"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isomiso2" + b"\x00\x01" * 200
OTHER_SUM = "sha256:" + "0" * 64
NOISE = bytes(range(256)) * 8


def stored(api: Api) -> list[str]:
    return [blob.path for blob in api.platform.uploads.list("")]


def test_a_file_without_a_type_is_told_by_its_bytes(api: Api) -> None:
    session_id = api.create()
    for content, name, kind, media in (
        (TEXT.encode(), "a.md", "text", "text/markdown"),
        (TEXT.encode("utf-16"), "a.txt", "text", "text/plain"),
        (WAV, "a.txt", "audio", "audio/wav"),
        (MP4, "a.mp4", "video", "video/mp4"),
        (MP4, "memo.m4a", "audio", "audio/mp4"),
    ):
        upload = api.upload(session_id, content, name).json["data"]["upload"]
        assert (upload["type"], upload["content_type"]) == (kind, media)


def test_a_claim_decides_only_where_the_bytes_do_not(api: Api) -> None:
    session_id = api.create()
    claimed = [
        (MP4, "audio", "audio"),
        (MP4, "video", "video"),
        (WAV, "video", "audio"),
        (TEXT.encode(), "application", "text"),
        (TEXT.encode(), "", "text"),
    ]
    for content, claim, kind in claimed:
        upload = api.upload(session_id, content, type=claim).json["data"]["upload"]
        assert upload["type"] == kind


def test_media_wait_where_nobody_transcribes(api: Api) -> None:
    api.platform.config = replace(api.platform.config, transcriber="none")
    session_id = api.create()
    upload = api.upload(session_id, WAV, "a.wav").json["data"]["upload"]
    api.run_pipeline()
    assert upload["state"] == "awaiting_transcriber"
    assert api.read("get_session", session_id).json["status"] == "created"


@pytest.mark.parametrize(
    ("sent", "status", "code", "field"),
    [
        ({"content": b""}, 422, "invalid_argument", "file"),
        ({"content": b" \n\t\n"}, 422, "invalid_argument", "file"),
        ({"content": NOISE}, 415, "unsupported_content", "file"),
        ({"content": NOISE, "type": "text"}, 415, "unsupported_content", "file"),
        ({"content": WAV, "type": "text"}, 422, "invalid_argument", "type"),
        ({"content": b"words", "type": "audio"}, 422, "invalid_argument", "type"),
        ({"content": b"words", "type": "image"}, 422, "invalid_argument", "type"),
        ({"content": b"{\\rtf1 words}"}, 415, "unsupported_content", "file"),
        ({"content": b"words", "checksum": OTHER_SUM}, 422, "invalid_argument", "checksum"),
        ({"content": b"words", "checksum": "md5:1"}, 422, "invalid_argument", "checksum"),
        ({"content": b"words " * 1_000_000}, 413, "too_large", "file"),
        ({"content": WAV + bytes(30 * 1024 * 1024)}, 413, "too_large", "file"),
    ],
    ids=lambda value: None if not isinstance(value, dict) else value.get("type", "none"),
)  # fmt: skip
def test_bad_files_leave_nothing(
    api: Api, sent: dict[str, Any], status: int, code: str, field: str
) -> None:
    session_id = api.create()
    problem(api.upload(session_id, **sent), status, code, field)
    assert stored(api) == []
    assert api.read("list_uploads", session_id).json["data"]["uploads"] == []


WHOLE = part("file", b"words", '; filename="a.txt"') + LAST
MANY = b"".join(part(f"p{number}", b"") for number in range(20)) + LAST


@pytest.mark.parametrize(
    ("content", "boundary", "status", "code", "field"),
    [
        (WHOLE, "YY", 400, "invalid_request", None),
        (WHOLE, "", 400, "invalid_request", "Content-Type"),
        (WHOLE, "x" * 100, 400, "invalid_request", "Content-Type"),
        (WHOLE[:-8], "XX", 400, "invalid_request", None),
        (WHOLE[:30], "XX", 400, "invalid_request", None),
        (b"", "XX", 400, "invalid_request", None),
        (b"nonsense", "XX", 400, "invalid_request", None),
        (part("type", b"text") + LAST, "XX", 422, "invalid_argument", "file"),
        (part("type", b"text") * 2 + WHOLE, "XX", 422, "invalid_argument", "type"),
        (part("file", b"one") + WHOLE, "XX", 422, "invalid_argument", "file"),
        (part("note", b"x" * 2_000) + WHOLE, "XX", 413, "too_large", "note"),
        (MANY, "XX", 413, "too_large", None),
    ],
)  # fmt: skip
def test_broken_forms_leave_nothing(
    api: Api, content: bytes, boundary: str, status: int, code: str, field: str | None
) -> None:
    session_id = api.create()
    problem(api.send_form(session_id, content, boundary), status, code, field)
    assert stored(api) == []


def test_a_form_of_another_type_is_refused(api: Api) -> None:
    session_id = api.create()
    response = api.read("upload_content", session_id, body={"file": "words"})
    problem(response, 415, "unsupported_content", "Content-Type")


def test_a_body_that_is_cut_off_leaves_nothing(api: Api) -> None:
    session_id = api.create()
    response = api.send_form(session_id, WHOLE[:-20], content_length=len(WHOLE) + 100)
    problem(response, 400, "invalid_request")
    assert stored(api) == []


def test_a_body_without_a_length_is_taken(api: Api) -> None:
    response = api.send_form(
        api.create(),
        WHOLE,
        headers={"Transfer-Encoding": "chunked"},
        content_length=None,
        environ_overrides={"wsgi.input_terminated": True},
    )
    assert response.status_code == 201, response.text


def test_fields_may_come_after_the_file(api: Api) -> None:
    content = WHOLE.removesuffix(LAST) + part("type", b"video") + LAST
    problem(api.send_form(api.create(), content), 422, "invalid_argument", "type")


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("../../etc/passwd.txt", "passwd.txt"),
        ("C:\\\\Users\\\\me\\\\notes.txt", "notes.txt"),
        ("a\u202etxt.exe", "atxt.exe"),
        ("séance – März.txt", "séance – März.txt"),
        ("x" * 300 + ".txt", "x" * 251 + ".txt"),
        ("...", "upload"),
        ("", "upload"),
    ],
)
def test_names_are_made_harmless(api: Api, sent: str, kept: str) -> None:
    content = part("file", b"words", f'; filename="{sent}"') + LAST
    response = api.send_form(api.create(), content)
    assert response.json["data"]["upload"]["filename"] == kept


def test_checksum_is_verified(api: Api) -> None:
    content = TEXT.encode()
    checksum = f"sha256:{hashlib.sha256(content).hexdigest()}"
    upload = api.upload(api.create(), content, checksum=checksum).json["data"]["upload"]
    assert upload["checksum"] == checksum


def test_nothing_is_stored_for_a_session_of_somebody_else(api: Api) -> None:
    session_id = api.create()
    response = api.as_user("eve").upload(session_id, TEXT.encode())
    problem(response, 404, "not_found")
    problem(api.upload(MISSING, TEXT.encode()), 404, "not_found")
    assert stored(api) == []


def test_a_session_deleted_meanwhile_keeps_no_blob(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    session_id = api.create()
    uploads = api.platform.uploads
    create = uploads.create

    def create_then_delete(*args: Any, **rest: Any) -> Any:
        api.read("delete_session", session_id)
        return create(*args, **rest)

    monkeypatch.setattr(uploads, "create", create_then_delete)
    problem(api.upload(session_id, TEXT.encode()), 404, "not_found")
    assert stored(api) == []


def test_an_upload_is_analysed(api: Api) -> None:
    session_id = api.create()
    api.upload(session_id, TEXT.encode(), "week.txt", type="text")
    api.run_pipeline()
    session = api.read("get_session", session_id).json
    assert session["status"] == "completed"
    assert len(session["emotions"]) == 2
    uploads = api.read("list_uploads", session_id).json["data"]["uploads"]
    assert [upload["state"] for upload in uploads] == ["transcribed"]


@pytest.mark.parametrize(
    ("content", "status"), [(b"", 422), (None, 201)], ids=["other bytes", "these bytes"]
)
def test_body_is_held_to_its_content_digest(api: Api, content: bytes | None, status: int) -> None:
    session_id = api.create()
    body = part("file", TEXT.encode(), '; filename="a.txt"') + LAST
    digest = hashlib.sha256(body if content is None else content).digest()
    field = f"sha-256=:{base64.b64encode(digest).decode()}:"
    answer = api.send_form(session_id, body, headers={"Content-Digest": field})
    if status == 201:
        assert answer.status_code == 201
    else:
        problem(answer, status, "invalid_argument", "Content-Digest")
        assert stored(api) == []


def test_malformed_content_digest_is_refused(api: Api) -> None:
    body = part("file", TEXT.encode(), '; filename="a.txt"') + LAST
    answer = api.send_form(api.create(), body, headers={"Content-Digest": "nonsense"})
    problem(answer, 422, "invalid_argument", "Content-Digest")
