"""What the bytes are, found from the bytes."""

from __future__ import annotations

import re

from shared.domain.errors import TranscriptUnreadable

from .captions import parse_captions
from .cues import TIMING
from .decoding import binary, decode
from .office import read_docx
from .plain import parse_plain
from .portable import read_pdf
from .records import parse_json
from .script import Script

# Eight hours of talk are below 600,000 characters and 15,000 turns.
MAX_TEXT_CHARS = 5_000_000
MAX_LINES = 500_000

_ZIP = b"PK\x03\x04"
_PDF = b"%PDF-"
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED_STREAM = "EncryptedPackage".encode("utf-16-le")
# Text by its bytes, but of a kind whose words are hidden in commands.
_MARKED_UP = re.compile(r"\s*+(?:\{\\rtf|<!doctype html|<html|<\?xml)", re.IGNORECASE)
_JSON_BEGINS = re.compile(r"\{\s*+\"|\[\s*+\{\s*+\"")
_TIMING_LINE = re.compile(rf"(?m)^{TIMING.pattern}$")
_CUES_BEGIN_WITHIN_CHARS = 4_000


def parse(content: bytes, filename: str) -> Script:
    """Parses `content`; `filename` only tells Markdown from plain text.

    Raises:
        TranscriptUnreadable: nothing in it can be read as a transcript.
    """
    if content.startswith(_ZIP):
        return _unpacked("docx", read_docx(content))
    if _PDF in content[:1_024]:
        return _unpacked("pdf", read_pdf(content))
    if content.startswith(_COMPOUND):
        raise _old_office(content)
    return _parse_text(decode(content), markdown=filename.lower().endswith((".md", ".markdown")))


def _unpacked(kind: str, text: str) -> Script:
    script = parse_plain(_checked(text))
    script.format = kind
    return script


def _old_office(content: bytes) -> TranscriptUnreadable:
    if _ENCRYPTED_STREAM in content:
        return TranscriptUnreadable("encrypted", "The document is protected by a password.")
    return binary()


def _parse_text(text: str, *, markdown: bool) -> Script:
    start = text.lstrip()
    if start.startswith(("{", "[")):
        script = parse_json(text)
        if script is not None:
            _checked(script.text)
            return script
        if _JSON_BEGINS.match(start):
            raise TranscriptUnreadable("malformed", "The JSON is broken.")
    text = _checked(text)
    if start.startswith("WEBVTT") or _TIMING_LINE.search(text, 0, _CUES_BEGIN_WITHIN_CHARS):
        return parse_captions(text)
    return parse_plain(text, markdown=markdown)


def _checked(text: str) -> str:
    if len(text) > MAX_TEXT_CHARS or text.strip().count("\n") > MAX_LINES:
        raise TranscriptUnreadable("too_long", "The text is too long for a transcript.")
    if _MARKED_UP.match(text):
        raise TranscriptUnreadable(
            "malformed", "The text is in a markup format; save it as plain text, docx or pdf."
        )
    return text
