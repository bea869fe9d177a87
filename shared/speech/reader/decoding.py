"""From bytes to text, without guessing: what is not plainly text is refused."""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable

from shared.domain.errors import TranscriptUnreadable

_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE_BYTES = 4_096
_CONTROLS = {code: " " for code in (*range(0x20), *range(0x7F, 0xA0)) if code not in (9, 10)}
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
# Text may hold a stray control character; a file with more than one in 200 is no text.
_MAX_CONTROL_SHARE = 1 / 200
# Western text in Windows-1252 is mostly ASCII; other legacy encodings are mostly not.
_MAX_LEGACY_SHARE = 0.25
_LEGACY_MARKS = frozenset("‘’“”–—…•€£©®«»°´·¿¡\u00a0§½¼¾ºª™")


def decode(content: bytes) -> str:
    """The text in `content`: newlines as `\\n`, control characters as spaces, no BOM.

    Raises:
        TranscriptUnreadable: `binary` or `encoding`.
    """
    text = _without_surrogates(_decoded(content))
    controls = len(_CONTROL.findall(text))
    if controls > max(1, len(text) * _MAX_CONTROL_SHARE):
        raise binary()
    return clean(text)


def clean(text: str) -> str:
    """`text` with newlines as `\\n` and without control characters and lone surrogates."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff")
    return _without_surrogates(text).translate(_CONTROLS)


def binary() -> TranscriptUnreadable:
    """The error for bytes that are no text."""
    return TranscriptUnreadable("binary", "The file is not text; no transcript can be read in it.")


def _undecodable() -> TranscriptUnreadable:
    return TranscriptUnreadable(
        "encoding", "The text is in an encoding that cannot be told; save it as UTF-8."
    )


def _decoded(content: bytes) -> str:
    for bom, encoding in _BOMS:
        if content.startswith(bom):
            return _strict(content[len(bom) :], encoding)
    wide = _wide_encoding(content[:_SAMPLE_BYTES])
    if wide is not None:
        return _strict(content, wide)
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        return _decoded_otherwise(content)


def _strict(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding, "surrogatepass")
    except UnicodeDecodeError as error:
        raise _undecodable() from error


def _wide_encoding(sample: bytes) -> str | None:
    """UTF-16 without a BOM: every other byte of Western text is zero."""
    half = len(sample) // 2
    if half < 2:
        return None
    even, odd = sample[0 : 2 * half : 2].count(0), sample[1 : 2 * half : 2].count(0)
    if odd > 0.6 * half and even < 0.05 * half:
        return "utf-16-le"
    return "utf-16-be" if even > 0.6 * half and odd < 0.05 * half else None


def _decoded_otherwise(content: bytes) -> str:
    attempts: tuple[Callable[[bytes], str], ...] = (
        lambda raw: raw.decode("utf-8", "surrogatepass"),
        _decoded_legacy,
    )
    for attempt in attempts:
        try:
            return attempt(content)
        except UnicodeDecodeError:
            continue
    raise binary() if _is_binary(content) else _undecodable()


def _is_binary(content: bytes) -> bool:
    sample = content[: 16 * _SAMPLE_BYTES]
    controls = sum(byte < 9 or 13 < byte < 27 or 27 < byte < 32 for byte in sample)
    return controls > len(sample) * _MAX_CONTROL_SHARE


def _decoded_legacy(content: bytes) -> str:
    """Windows-1252, if the bytes can hardly be anything else."""
    text = content.decode("windows-1252")
    high = [character for character in text if character > "\x7f"]
    partly_utf8 = any(c > "\x7f" and c != "\ufffd" for c in content.decode("utf-8", "replace"))
    plausible = all(c.isalpha() or c in _LEGACY_MARKS for c in high)
    if partly_utf8 or not plausible or len(high) > len(text) * _MAX_LEGACY_SHARE:
        raise _undecodable_bytes(content)
    return text


def _undecodable_bytes(content: bytes) -> UnicodeDecodeError:
    return UnicodeDecodeError("windows-1252", content[:1], 0, 1, "ambiguous")


def _without_surrogates(text: str) -> str:
    if _SURROGATE.search(text) is None:
        return text
    paired = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")
    return _SURROGATE.sub("\ufffd", paired)
