"""Reads a request's body as it comes."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from shared.domain.errors import InvalidRequest

if TYPE_CHECKING:
    from flask import Request

_CHUNK_BYTES: Final = 64 * 1024


def read_chunks(request: Request) -> Iterator[bytes]:
    """The body's bytes, at most 64 KiB at a time.

    Raises:
        InvalidRequest: if it breaks off, comes too slowly or is not framed as HTTP wants it.
    """
    while chunk := _read(request):
        yield chunk


def _read(request: Request) -> bytes:
    try:
        return request.stream.read(_CHUNK_BYTES)
    # WSGI names no exception for this and each server has its own: gunicorn's are no OSErrors.
    except Exception as error:
        # Whoever reads on would wait for the same client again.
        request.stream = io.BytesIO()
        raise InvalidRequest("The body broke off or is not framed as HTTP wants it.") from error
