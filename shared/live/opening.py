"""What a client says of itself: in the address, in a header, in its first frame or a later one.

A client shows who it is in one of three ways: the header `Authorization: Bearer <token>`; a ticket,
`?ticket=...`; or a first frame `{"token": "...", "after": 12}`. It may send `{"token": "..."}`
again later, before the first token ends.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import parse_qs

from .closing import Close, Closing

# What JSON numbers carry exactly (RFC 8259, section 6).
MAX_SEQ: Final = 2**53 - 1
_MAX_TOKEN_CHARS: Final = 8_192


@dataclass(frozen=True, slots=True, repr=False)
class Opening:
    """What is known of a client. It has no repr: it holds secrets.

    Attributes:
        after: number of the last event that it saw, 0 for none.
    """

    after: int = 0
    token: str | None = None
    ticket: str | None = None


def read_opening(query: str, authorization: str | None) -> Opening:
    """The opening that the address and the header make.

    Raises:
        Closing: a parameter is given twice or is not one, or the header is of another scheme.
    """
    try:
        given = parse_qs(query, keep_blank_values=True, max_num_fields=20, errors="strict")
    except ValueError:
        raise Closing(Close.MALFORMED) from None
    return Opening(
        after=_number(_single(given, "after")),
        token=None if authorization is None else _bearer(authorization),
        ticket=_single(given, "ticket"),
    )


def read_frame(text: str) -> Opening:
    """The opening that a frame of the client makes.

    Raises:
        Closing: it is of another form.
    """
    try:
        frame = json.loads(text)
    except (ValueError, RecursionError):
        raise Closing(Close.MALFORMED) from None
    if not isinstance(frame, dict) or not _is_token(frame.get("token")):
        raise Closing(Close.MALFORMED)
    return Opening(after=_seq(frame.get("after", 0)), token=frame["token"])


def _single(given: dict[str, list[str]], name: str) -> str | None:
    values = given.get(name, [])
    if len(values) > 1:
        raise Closing(Close.MALFORMED)
    return values[0] if values else None


def _number(text: str | None) -> int:
    if text is None:
        return 0
    # Beside the digits 0 to 9 `isdigit` knows many others.
    if not (text.isascii() and text.isdigit() and len(text) <= len(str(MAX_SEQ))):
        raise Closing(Close.MALFORMED)
    return _seq(int(text))


def _seq(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= MAX_SEQ:
        raise Closing(Close.MALFORMED)
    return value


def _bearer(authorization: str) -> str:
    scheme, _, token = authorization.strip().partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not _is_token(token):
        raise Closing(Close.UNAUTHENTICATED)
    return token


def _is_token(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= _MAX_TOKEN_CHARS and value.isascii()
