"""The reader: bytes of any known kind in, a transcript out."""

from __future__ import annotations

from shared.domain.errors import TranscriptUnreadable
from shared.domain.transcript import Transcript

from .assembly import assemble
from .decoding import decode
from .plain import parse_plain
from .script import Script


class TextTranscriptReader:
    """Reads transcripts and other text out of bytes. Stateless; safe to share between threads."""

    def read(self, content: bytes, *, filename: str, upload_id: str) -> Transcript:
        """The transcript in `content`.

        What the bytes are decides; `filename` is only a hint. The same bytes always give the
        same transcript.

        Raises:
            TranscriptUnreadable: there is none, with the reason why.
        """
        transcript = assemble(_parse(content, filename), upload_id)
        if not transcript.segments:
            raise TranscriptUnreadable("empty", "Nobody says anything in this text.")
        return transcript


def _parse(content: bytes, filename: str) -> Script:
    text = decode(content)
    return parse_plain(text, markdown=filename.lower().endswith((".md", ".markdown")))
