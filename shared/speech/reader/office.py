"""Text of Word documents (docx), by python-docx."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING

from shared.domain.errors import TranscriptUnreadable

from .decoding import binary, clean
from .stamps import parse_stamp

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import Table

# A transcript of eight hours is below 2 MB of XML; what is far beyond is no transcript.
MAX_DOCUMENT_BYTES = 16 * 2**20
MAX_UNPACKED_BYTES = 128 * 2**20
_MAX_ENTRIES = 4_000
_ENCRYPTED_FLAG = 0x1
_MAX_SHORT_CELL_CHARS = 40


def read_docx(content: bytes) -> str:
    """The paragraphs and table rows of a document, one line each.

    Raises:
        TranscriptUnreadable: `binary` for another archive, `encrypted`, `too_long` for one that
            unpacks to more than a transcript can be, `malformed`.
    """
    try:
        _check_archive(content)
        return clean("\n".join(_lines(_open(content))))
    except TranscriptUnreadable:
        raise
    # What a broken document raises out of zip, XML and relations has no common root.
    except Exception as error:
        raise TranscriptUnreadable("malformed", "The Word document is damaged.") from error


def _check_archive(content: bytes) -> None:
    try:
        entries = zipfile.ZipFile(BytesIO(content)).infolist()
    except zipfile.BadZipFile as error:
        raise binary() from error
    sizes = {entry.filename: entry.file_size for entry in entries}
    if "word/document.xml" not in sizes:
        raise binary()
    if any(entry.flag_bits & _ENCRYPTED_FLAG for entry in entries):
        raise TranscriptUnreadable("encrypted", "The document is protected by a password.")
    too_large = sizes["word/document.xml"] > MAX_DOCUMENT_BYTES
    if too_large or sum(sizes.values()) > MAX_UNPACKED_BYTES or len(entries) > _MAX_ENTRIES:
        raise TranscriptUnreadable("too_long", "The document is too long for a transcript.")


def _open(content: bytes) -> Document:
    import docx  # slow to load, and few uploads need it

    return docx.Document(BytesIO(content))


def _lines(document: Document) -> Iterator[str]:
    from docx.text.paragraph import Paragraph

    for block in document.iter_inner_content():
        if isinstance(block, Paragraph):
            yield block.text
        else:
            yield from _rows(block)


def _rows(table: Table) -> Iterator[str]:
    for row in table.rows:
        cells = [cell.text.strip() for cell in row.cells]
        yield _row([cell for i, cell in enumerate(cells) if cell and cell not in cells[:i]])


def _row(cells: list[str]) -> str:
    """A row as a line of dialogue: time and speaker in cells of their own become its label."""
    stamps = [c for c in cells[:2] if len(c) <= _MAX_SHORT_CELL_CHARS and parse_stamp(c)]
    rest = [cell for cell in cells if cell not in stamps]
    prefix = f"[{stamps[0].strip('[]()')}] " if stamps else ""
    if len(rest) == 2 and len(rest[0]) <= _MAX_SHORT_CELL_CHARS:
        return f"{prefix}{rest[0].rstrip(':')}: {rest[1]}"
    return prefix + " ".join(rest)
