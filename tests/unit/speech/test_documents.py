from __future__ import annotations

import io
import zipfile

import docx
import pypdf
import pytest
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

from shared.domain.errors import TranscriptUnreadable
from shared.speech.reader import office, portable
from tests.unit.speech.reading import read, starts, turns


def docx_bytes(*paragraphs: str, rows: tuple[tuple[str, ...], ...] = ()) -> bytes:
    document = docx.Document()
    for paragraph in paragraphs:
        document.add_paragraph(paragraph)
    if rows:
        table = document.add_table(rows=len(rows), cols=len(rows[0]))
        for row, cells in zip(table.rows, rows, strict=True):
            for cell, text in zip(row.cells, cells, strict=True):
                cell.text = text
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def pdf_bytes(*pages: list[str], password: str | None = None) -> bytes:
    writer = pypdf.PdfWriter()
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    for lines in pages:
        page = writer.add_blank_page(600, 800)
        fonts = DictionaryObject({NameObject("/F1"): font})
        page[NameObject("/Resources")] = DictionaryObject({NameObject("/Font"): fonts})
        shown = "".join(f"({line}) Tj 0 -20 Td " for line in lines)
        stream = DecodedStreamObject()
        stream.set_data(f"BT /F1 12 Tf 50 750 Td {shown} ET".encode())
        page[NameObject("/Contents")] = stream
    if password is not None:
        writer.encrypt(password)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def reason_of(content: bytes) -> str:
    with pytest.raises(TranscriptUnreadable) as caught:
        read(content)
    return caught.value.reason


def test_docx_paragraphs_are_lines() -> None:
    content = docx_bytes("Session 4", "Date: May 1, 2025", "", "T: Hi.", "C: Hello.", "Really.")
    transcript = read(content, "a.docx")
    assert (transcript.format, transcript.title) == ("docx", "Session 4")
    assert transcript.date == "2025-05-01"
    assert turns(transcript) == [("T", "Hi."), ("C", "Hello. Really.")]


def test_docx_table_of_times_speakers_and_words_is_a_dialogue() -> None:
    content = docx_bytes(rows=(("00:01", "Anna", "Hi."), ("00:05", "Ben:", "Hello.")))
    transcript = read(content)
    assert turns(transcript) == [("Anna", "Hi."), ("Ben", "Hello.")]
    assert starts(transcript) == [1_000, 5_000]


def test_docx_that_unpacks_too_large_is_refused() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b" " * (office.MAX_DOCUMENT_BYTES + 1))
    assert len(stream.getvalue()) < 100_000
    assert reason_of(stream.getvalue()) == "too_long"


def test_docx_with_a_broken_part_is_malformed() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("word/document.xml", b"<w:document")
    assert reason_of(stream.getvalue()) == "malformed"


def test_other_archives_are_binary() -> None:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("notes.txt", "T: Hi.")
    assert reason_of(stream.getvalue()) == "binary"


def test_docx_without_words_is_empty() -> None:
    assert reason_of(docx_bytes("", " ")) == "empty"


def test_pdf_pages_are_read_without_their_numbers() -> None:
    content = pdf_bytes(["Therapist: Hi.", "Client: I was", "1"], ["there.", "Page 2 of 2"])
    transcript = read(content, "a.pdf")
    assert transcript.format == "pdf"
    assert turns(transcript) == [("Therapist", "Hi."), ("Client", "I was there.")]


def test_pdf_without_text_says_that_it_may_be_a_scan() -> None:
    with pytest.raises(TranscriptUnreadable, match="scan") as caught:
        read(pdf_bytes([]))
    assert caught.value.reason == "empty"


def test_pdf_behind_a_password_is_encrypted() -> None:
    assert reason_of(pdf_bytes(["T: Hi."], password="secret")) == "encrypted"


def test_pdf_that_opens_without_a_password_is_read() -> None:
    assert turns(read(pdf_bytes(["T: Hi.", "C: Ho."], password=""))) == [("T", "Hi."), ("C", "Ho.")]


def test_pdf_of_too_many_pages_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portable, "MAX_PAGES", 2)
    assert reason_of(pdf_bytes(["a"], ["b"], ["c"])) == "too_long"


def test_pdf_of_too_much_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portable, "MAX_TEXT_CHARS", 10)
    assert reason_of(pdf_bytes(["one two three"], ["four"])) == "too_long"


@pytest.mark.parametrize("cut", [0.2, 0.5, 0.9])
@pytest.mark.parametrize("make", [lambda: docx_bytes("T: Hi."), lambda: pdf_bytes(["T: Hi."])])
def test_documents_cut_short_are_refused_or_read(make, cut: float) -> None:
    content = make()
    try:
        read(content[: int(len(content) * cut)])
    except TranscriptUnreadable as unreadable:
        assert unreadable.reason in {"binary", "malformed", "empty"}  # noqa: PT017
