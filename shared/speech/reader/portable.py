"""Text of PDF documents, by pypdf."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING

from shared.domain.errors import TranscriptUnreadable

from .decoding import clean

if TYPE_CHECKING:
    from pypdf import PdfReader

MAX_PAGES = 1_000
MAX_TEXT_CHARS = 5_000_000


def read_pdf(content: bytes) -> str:
    """The text of all pages, without page numbers.

    Raises:
        TranscriptUnreadable: `encrypted`, `too_long`, `malformed`, or `empty` for a scan.
    """
    try:
        text = clean("\n".join(_pages(_open(content))))
    except TranscriptUnreadable:
        raise
    # What a broken document raises out of its parser has no common root.
    except Exception as error:
        raise TranscriptUnreadable("malformed", "The PDF is damaged.") from error
    if not text.strip():
        raise TranscriptUnreadable("empty", "The PDF holds no text; it may be a scan.")
    return text


def _open(content: bytes) -> PdfReader:
    import pypdf  # slow to load, and few uploads need it

    # Its warnings quote what it stumbles over, and that may be what somebody said.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL + 1)
    reader = pypdf.PdfReader(BytesIO(content))
    if reader.is_encrypted and not reader.decrypt(""):
        raise TranscriptUnreadable("encrypted", "The PDF is protected by a password.")
    if len(reader.pages) > MAX_PAGES:
        raise TranscriptUnreadable("too_long", f"The PDF has more than {MAX_PAGES} pages.")
    return reader


def _pages(reader: PdfReader) -> Iterator[str]:
    length = 0
    for number, page in enumerate(reader.pages, start=1):
        text = _without_number(page.extract_text(), number)
        length += len(text)
        if length > MAX_TEXT_CHARS:
            raise TranscriptUnreadable("too_long", "The PDF is too long for a transcript.")
        yield text


def _without_number(text: str, number: int) -> str:
    # A page number between two lines of a turn would become a part of it.
    lines = text.strip().split("\n")
    if lines and _is_number(lines[-1], number):
        lines.pop()
    if lines and _is_number(lines[0], number):
        lines.pop(0)
    return "\n".join(lines)


def _is_number(line: str, number: int) -> bool:
    words = line.casefold().replace("/", " of ").split()
    return (words[:1] == ["page"] and words[1:2] == [str(number)]) or words == [str(number)]
