"""Multipart bodies, cut into pieces of every size."""

from __future__ import annotations

import contextlib
import io

import pytest
from flask import Request
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder

from shared.domain.errors import InsightError, InvalidRequest
from shared.edge.multipart import Form, read_form

BOUNDARY = "----edge"


class Dripping(io.BytesIO):
    """Gives at most `step` bytes at a time."""

    def __init__(self, content: bytes, step: int) -> None:
        super().__init__(content)
        self._step = step

    def read(self, size: int | None = -1) -> bytes:
        return super().read(min(self._step, size if size and size > 0 else self._step))


def request(body: bytes, step: int = 65_536) -> Request:
    builder = EnvironBuilder(
        method="POST",
        headers={"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"},
        input_stream=Dripping(body, step),
        content_length=len(body),
    )
    return Request(builder.get_environ())


def whole(content: bytes, kind: str = "text") -> bytes:
    return (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="type"\r\n\r\n{kind}\r\n'
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n'
        "Content-Type: Text/Plain; charset=utf-8\r\n\r\n"
    ).encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()  # fmt: skip


def read(body: bytes, step: int = 65_536) -> tuple[Form, bytes]:
    taken: list[bytes] = []
    form = read_form(request(body, step), taken.append)
    return form, b"".join(taken)


PIECES = st.lists(
    st.sampled_from([b"\r\n", b"--", BOUNDARY.encode(), b"\r", b"\n", b"words", b"\0\xff"]),
    max_size=12,
).map(b"".join)


@given(PIECES, st.integers(1, 80))
def test_a_file_comes_through_byte_for_byte_however_it_is_cut(content: bytes, step: int) -> None:
    if f"\r\n--{BOUNDARY}".encode() in b"\r\n" + content:
        return
    form, taken = read(whole(content), step)
    assert taken == content
    assert (form.filename, form.file_type, form.fields) == ("a.txt", "text/plain", {"type": "text"})


@given(st.integers(0, 300), st.integers(1, 80))
def test_a_body_cut_anywhere_before_its_end_is_refused(keep: int, step: int) -> None:
    body = whole(b"words")
    end = len(body) - len("\r\n")
    with pytest.raises(InvalidRequest):
        read(body[: min(keep, end - 1)], step)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_form_or_a_clear_error(body: bytes) -> None:
    with contextlib.suppress(InsightError):
        read(body)
