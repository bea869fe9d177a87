from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.request_head import Malformed, RequestHead

HEAD = b"GET /a%20b?key=x&y=1 HTTP/1.1\r\nHost: h\r\nConnection: keep-alive\r\nX: 1\r\nX: 2\r\n\r\n"


def test_head_is_read_and_written_as_it_was() -> None:
    head = RequestHead.parse(HEAD)
    assert bytes(head) == HEAD
    assert (head.method, head.path, head.asked("key"), head.asked("z")) == ("GET", "/a b", "x", "")
    assert (head.header("x"), head.header("none")) == ("1", None)


def test_changed_head_keeps_the_rest() -> None:
    head = RequestHead.parse(HEAD).with_header("connection", "close").without_query()
    assert bytes(head) == (
        b"GET /a%20b HTTP/1.1\r\nHost: h\r\nX: 1\r\nX: 2\r\nconnection: close\r\n\r\n"
    )


@pytest.mark.parametrize(
    "raw",
    [
        b"GET /\r\n\r\n",
        b"GET * HTTP/1.1\r\n\r\n",
        b"GET http://h/ HTTP/1.1\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost h\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: h\r\n folded: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : h\r\n\r\n",
        b"\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused(raw: bytes) -> None:
    with pytest.raises(Malformed):
        RequestHead.parse(raw)


@given(st.binary(max_size=200))
def test_any_bytes_are_a_head_or_refused(raw: bytes) -> None:
    try:
        head = RequestHead.parse(raw + b"\r\n\r\n")
    except Malformed:
        return
    assert RequestHead.parse(bytes(head)) == head
