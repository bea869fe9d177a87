"""Recordings: what they are, and their sound, second by second.

`decode` gives the sound of anything that people record with; `examine` goes through a recording
once and says what it is worth. The decoding itself happens in a child process that can open
nothing (`shared.speech.decoder`); nothing is written to disk, and memory stays flat.
"""

from .decoding import Decoding, decode
from .examination import examine
from .recording import (
    RATE_HZ,
    Block,
    Flaw,
    Limits,
    MediaProblem,
    MediaRefused,
    Recording,
    Source,
)

__all__ = [
    "RATE_HZ",
    "Block",
    "Decoding",
    "Flaw",
    "Limits",
    "MediaProblem",
    "MediaRefused",
    "Recording",
    "Source",
    "decode",
    "examine",
]
