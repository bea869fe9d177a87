"""What content is, from its bytes."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.errors import UnsupportedContent
from shared.domain.upload import ContentType
from shared.speech.sniffing import Found, Sniffer

REST = bytes(range(256)) * 20


def sniff(content: bytes, step: int = 65_536) -> Found:
    sniffer = Sniffer()
    for start in range(0, len(content), step):
        sniffer.feed(content[start : start + step])
    return sniffer.found()


def archive(name: str) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as writer:
        writer.writestr("[Content_Types].xml", "<Types/>" * 3_000)
        writer.writestr("media/picture.png", REST * 50)
        writer.writestr(name, "<document/>")
    return held.getvalue()


WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


@pytest.mark.parametrize(
    ("content", "media_type", "is_certain"),
    [
        (b"RIFF\x24\0\0\0WAVEfmt " + REST, "audio/wav", True),
        (b"RIFF\x24\0\0\0AVI LIST" + REST, "video/x-msvideo", True),
        (b"FORM\0\0\0\x24AIFF" + REST, "audio/aiff", True),
        (b"ID3\x03\0\0\0\0\0\x21" + REST, "audio/mpeg", True),
        (b"\xff\xfb\x90\x64" + REST, "audio/mpeg", True),
        (b"\xff\xf3\x40\xc4" + REST, "audio/mpeg", True),
        (b"\xff\xf1\x50\x80" + REST, "audio/aac", True),
        (b"OggS\0\x02" + bytes(22) + b"\x01\x13OpusHead" + REST, "audio/ogg", True),
        (b"OggS\0\x02" + bytes(22) + b"\x01\x2a\x80theora" + REST, "video/ogg", True),
        (b"fLaC\0\0\0\x22" + REST, "audio/flac", True),
        (b"#!AMR\n" + REST, "audio/amr", True),
        (b"#!AMR-WB\n" + REST, "audio/amr-wb", True),
        (b"\0\0\0\x20ftypM4A \0\0\0\0" + REST, "audio/mp4", True),
        (b"\0\0\0\x20ftypisom\0\0\0\0" + REST, "video/mp4", False),
        (b"\0\0\0\x20ftypqt  \0\0\0\0" + REST, "video/quicktime", False),
        (b"\0\0\0\x20ftyp3gp5\0\0\0\0" + REST, "video/3gpp", False),
        (b"\x1a\x45\xdf\xa3\x9fB\x82\x84webm" + b"\x86\x85V_VP9" + REST, "video/webm", True),
        (b"\x1a\x45\xdf\xa3\x9fB\x82\x84webm" + b"\x86\x86A_OPUS" + REST, "audio/webm", True),
        (b"\x1a\x45\xdf\xa3\x93B\x82\x88matroska" + REST, "video/x-matroska", False),
        ((b"\x47" + bytes(187)) * 5, "video/mp2t", True),
        (b"%PDF-1.7\n" + REST, "application/pdf", True),
        (archive("word/document.xml"), WORD, True),
        (b"Therapist: hello", "text/plain", True),
        ("Zoë: schön – ja".encode(), "text/plain", True),
        ("Zoë: schön".encode("utf-8-sig"), "text/plain", True),
        ("Zoë: schön".encode("utf-16"), "text/plain", True),
        ("Therapist: hello there".encode("utf-16-le"), "text/plain", True),
        ("Therapist: hello there".encode("utf-16-be"), "text/plain", True),
        ("Zoë: “schön” – ja, sehr gern und oft".encode("windows-1252"), "text/plain", True),
        (b"I'm free on Monday", "text/plain", True),
        (b"ID3 is what the doctor wrote", "text/plain", True),
    ],
)
def test_content_is_told_by_its_bytes(content: bytes, media_type: str, is_certain: bool) -> None:
    for step in (7, 4_096, 65_536):
        found = sniff(content, step)
        assert found.media_type(found.type) == media_type
        assert found.is_certain is is_certain


@pytest.mark.parametrize(
    "content",
    [
        REST,
        b"\x89PNG\r\n\x1a\n" + REST,
        b"\xff\xd8\xff\xe0" + REST,
        b"\x7fELF" + REST,
        b"MZ\x90\0" + REST,
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + REST,
        archive("xl/workbook.xml"),
        b"{\\rtf1 Hello}",
        b"words " * 2_000 + b"\0" * 2_000,
        b"words " * 2_000 + b"\x81\x8d\x8f",
        "schön ".encode() * 2_000 + b"\xff\xfe",
        b"\xff\xfe\0",
    ],
)
def test_what_is_nothing_known_is_refused(content: bytes) -> None:
    for step in (7, 65_536):
        with pytest.raises(UnsupportedContent):
            sniff(content, step)


@given(st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1), st.integers(1, 9))
def test_all_text_in_utf8_is_text(text: str, step: int) -> None:
    prefix = "Client: "
    assert sniff((prefix + text).encode(), step).type is ContentType.TEXT


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "windows-1252"])
def test_real_transcripts_are_text(encoding: str) -> None:
    recorded = Path(__file__).resolve().parents[2] / "recorded"
    for path in recorded.glob("*.txt"):
        content = path.read_text(encoding="utf-8").encode(encoding, "ignore")
        assert sniff(content).subtype == "plain", path.name
