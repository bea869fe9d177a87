"""Reads a JSON body strictly: what two readers could read differently is refused."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final, NoReturn

from shared.domain.errors import InvalidRequest, TooLarge, UnsupportedContent

from .body import read_chunks

if TYPE_CHECKING:
    from flask import Request

MAX_JSON_BYTES: Final = 4 * 1024 * 1024
# fetch() labels a string body text/plain unless told otherwise, as in API.md's own example. It
# opens no door: calls carry a bearer token, which no form of another site can send.
_TYPES: Final = ("application/json", "text/plain", "")


def read_json(request: Request) -> Any:
    """The parsed body.

    Raises:
        UnsupportedContent: for another content type or a content encoding.
        TooLarge: over 4 MiB.
        InvalidRequest: for what is not JSON in UTF-8, holds a key twice or a number that is none.
    """
    _check_type(request)
    content = read_bounded(request, MAX_JSON_BYTES)
    if not content.strip():
        raise InvalidRequest("The body is empty; a JSON object is needed.")
    try:
        return json.loads(
            content.decode("utf-8-sig"), object_pairs_hook=_unique, parse_constant=_no_number
        )
    except UnicodeDecodeError as error:
        raise InvalidRequest("The body is not UTF-8.") from error
    except RecursionError as error:
        raise InvalidRequest("The JSON is nested too deeply.") from error
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise InvalidRequest(f"The body is not valid JSON ({where}).") from error
    except ValueError as error:
        raise InvalidRequest("The JSON holds a number of too many digits.") from error


def read_bounded(request: Request, limit: int) -> bytes:
    """The body, never more than `limit` bytes of it in memory."""
    if (request.content_length or 0) > limit:
        raise TooLarge(f"The body is over {limit} bytes.")
    chunks, size = [], 0
    for chunk in read_chunks(request):
        size += len(chunk)
        if size > limit:
            raise TooLarge(f"The body is over {limit} bytes.")
        chunks.append(chunk)
    return b"".join(chunks)


def _check_type(request: Request) -> None:
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        raise UnsupportedContent("The body must not be compressed.", field="Content-Encoding")
    if request.mimetype not in _TYPES and not request.mimetype.endswith("+json"):
        raise UnsupportedContent("The body must be application/json.", field="Content-Type")
    charset = request.mimetype_params.get("charset", "utf-8").lower()
    if charset not in ("utf-8", "utf8", "us-ascii"):
        raise UnsupportedContent("The body must be in UTF-8.", field="Content-Type")


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise InvalidRequest("The JSON holds the same key twice in one object.")
    return members


def _no_number(_: str) -> NoReturn:
    raise InvalidRequest("The JSON holds NaN or Infinity, which JSON has not.")
