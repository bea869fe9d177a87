"""The reader: bytes of any known kind in, a transcript out."""

from __future__ import annotations

from shared.domain.errors import TranscriptUnreadable
from shared.domain.transcript import MAX_SPEAKERS, Transcript

from .assembly import assemble
from .formats import parse


class TextTranscriptReader:
    """Reads transcripts and other text out of bytes. Stateless; safe to share between threads."""

    def read(self, content: bytes, *, filename: str, upload_id: str) -> Transcript:
        """The transcript in `content`.

        What the bytes are decides; `filename` is only a hint. The same bytes always give the
        same transcript.

        Raises:
            TranscriptUnreadable: there is none, with the reason why.
        """
        transcript = assemble(parse(content, filename), upload_id)
        if not transcript.segments:
            raise TranscriptUnreadable("empty", "Nobody says anything in this text.")
        if len(transcript.speakers) > MAX_SPEAKERS:
            raise TranscriptUnreadable(
                "too_many_speakers", f"The text names more than {MAX_SPEAKERS} speakers."
            )
        return transcript
