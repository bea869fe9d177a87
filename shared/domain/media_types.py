"""The types of content that are taken, by the names that clients give them.

Sources: the IANA registry of media types, and what phones and browsers send in place of it
(`audio/x-m4a`, `audio/mp3`, `video/x-m4v`). The name only says whether to begin: what a file is
depends on its bytes.
"""

from __future__ import annotations

from typing import Final

from .upload import ContentType

_AUDIO: Final = (
    "3gpp 3gpp2 aac aacp aiff amr amr-wb flac m4a matroska mp3 mp4 mpeg ogg opus vnd.wave wav wave "
    "webm x-aac x-aiff x-caf x-flac x-m4a x-m4b x-matroska x-mp3 x-ms-wma x-wav"
)
_VIDEO: Final = (
    "3gpp 3gpp2 avi matroska mp2t mp4 mpeg ogg quicktime webm x-flv x-m4v x-matroska x-ms-asf "
    "x-ms-wmv x-msvideo"
)
# Read line by line; the others hold more than their words.
_PLAIN_TEXT: Final = (
    *("text/plain", "text/markdown", "text/x-markdown", "text/vtt", "text/srt"),
    *("application/x-subrip", "application/json"),
)
_DOCUMENTS: Final = (
    "application/pdf",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
)


def kind_of(content_type: str) -> ContentType | None:
    """What a media type, in lowercase and without parameters, names; None if it is not taken."""
    if content_type in _PLAIN_TEXT or content_type in _DOCUMENTS:
        return ContentType.TEXT
    family, _, subtype = content_type.partition("/")
    if family == "audio" and subtype in _AUDIO.split():
        return ContentType.AUDIO
    if family == "video" and subtype in _VIDEO.split():
        return ContentType.VIDEO
    return None


def is_plain_text(content_type: str) -> bool:
    """Whether a media type is of text that is read as it stands."""
    return content_type in _PLAIN_TEXT
