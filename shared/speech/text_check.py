"""Whether a stream of bytes is text: every byte is decoded, none is kept.

It refuses early and cheaply what the transcript reader would refuse later; the reader decides.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]")
# As the reader: a stray control character is no harm, one in 200 is no text.
_MAX_CONTROL_SHARE: Final = 1 / 200
_WIDE_SHARE: Final = 0.6


class TextCheck:
    """Decodes a stream strictly, as UTF-8, UTF-16 or UTF-32 and failing that as Windows-1252.

    Args:
        head: the first bytes, from which the encoding is told; to be fed like all others.
    """

    def __init__(self, head: bytes) -> None:
        self._decoder = codecs.getincrementaldecoder(_encoding(head))("strict")
        self._may_be_legacy = _encoding(head) == "utf-8"
        self._characters = 0
        self._controls = 0
        self._has_ink = False
        self.holds = True

    def feed(self, chunk: bytes) -> None:
        """Takes the next bytes."""
        if self.holds:
            self._decode(chunk, final=False)

    def finish(self) -> bool:
        """Whether all of it was text."""
        if self.holds:
            self._decode(b"", final=True)
        return self.holds and self._controls <= max(1, self._characters * _MAX_CONTROL_SHARE)

    @property
    def is_blank(self) -> bool:
        """Whether it is text, and nothing but white space has come."""
        return self.holds and not self._has_ink

    def _decode(self, chunk: bytes, *, final: bool) -> None:
        pending = self._decoder.getstate()[0] + chunk
        try:
            text = self._decoder.decode(chunk, final)
        except UnicodeDecodeError as error:
            # Text that has shown to be UTF-8 does not change its encoding half-way.
            if not self._may_be_legacy or not pending[: error.start].isascii():
                self.holds = False
                return
            text = self._begin_legacy(pending)
        self._count(text)

    def _begin_legacy(self, pending: bytes) -> str:
        self._may_be_legacy = False
        self._decoder = codecs.getincrementaldecoder("windows-1252")("strict")
        try:
            return self._decoder.decode(pending)
        except UnicodeDecodeError:
            self.holds = False
            return ""

    def _count(self, text: str) -> None:
        self._characters += len(text)
        self._controls += len(_CONTROL.findall(text))
        self._has_ink = self._has_ink or bool(text.strip())
        self._may_be_legacy = self._may_be_legacy and text.isascii()


def _encoding(head: bytes) -> str:
    for bom, encoding in _BOMS:
        if head.startswith(bom):
            return encoding
    half = len(head) // 2
    even, odd = head[0 : 2 * half : 2].count(0), head[1 : 2 * half : 2].count(0)
    if half > 1 and odd > _WIDE_SHARE * half:
        return "utf-16-le"
    return "utf-16-be" if half > 1 and even > _WIDE_SHARE * half else "utf-8"
