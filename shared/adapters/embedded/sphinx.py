"""Pocketsphinx: the engine that is always there, and needs nothing but this machine.

Its wheel brings a model of US English (github.com/cmusphinx/pocketsphinx, BSD licence). It writes
words without punctuation. What it hears poorly it hears very poorly, so that each word's posterior
is weighed anew (`shared.speech.word_trust`) before anybody builds upon it.
"""

from __future__ import annotations

import math
import re
import sys
from collections.abc import Iterator
from functools import cached_property
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from shared.application.speech_ports import Capabilities
from shared.domain.recording import BYTES_PER_MS, Stretch, Word
from shared.speech.word_trust import HeardWord, Hearing, trusted

from .local_transcriber import LocalTranscriber

if TYPE_CHECKING:
    from pocketsphinx import Decoder

_FRAME_MS = 10
_CHUNK_MS = 60_000
# Fillers stand in brackets: <s>, <sil>, [NOISE]; other pronunciations have a number: "the(2)".
_FILLER = re.compile(r"[<\[+]")
_VARIANT = re.compile(r"\(\d+\)$")
_FIRST_PERSON = re.compile(r"^i(?='|$)")

# Narrower than the defaults: twice as fast, and hardly worse.
SETTINGS: Final[dict[str, Any]] = {
    "cmn": "batch",
    "maxhmmpf": 3_000,
    "maxwpf": 8,
    "pl_window": 8,
    "loglevel": "FATAL",
}


class SphinxTranscriber(LocalTranscriber):
    """Hears words on this machine; one decoder per process."""

    @cached_property
    def capabilities(self) -> Capabilities:
        return Capabilities("pocketsphinx", "en-us", version("pocketsphinx"), _CHUNK_MS)

    def _words(self, samples: bytes, stretch: Stretch) -> Iterator[Word]:
        hearing = hear(self._decoder, samples)
        for word, confidence in trusted(hearing):
            yield Word(
                text=_FIRST_PERSON.sub("I", word.text),
                start_ms=stretch.start_ms + word.start_ms,
                end_ms=stretch.start_ms + word.end_ms,
                confidence=confidence,
            )

    @cached_property
    def _decoder(self) -> Decoder:
        return new_decoder()


def new_decoder() -> Decoder:
    """A decoder with the model that the wheel brings; takes about half a second."""
    from pocketsphinx import Decoder

    return Decoder(**SETTINGS)


def hear(decoder: Decoder, samples: bytes) -> Hearing:
    """What the decoder hears in one stretch, at its first and at its last pass.

    Args:
        samples: 16 kHz, mono, 16 bit.
    """
    decoder.start_utt()
    decoder.process_raw(samples, full_utt=True)
    first = [_plain(word) for word in _hypothesis(decoder).split()]
    decoder.end_utt()
    words = tuple(
        HeardWord(
            text=_plain(found.word),
            start_ms=found.start_frame * _FRAME_MS,
            end_ms=(found.end_frame + 1) * _FRAME_MS,
            posterior=found.prob,
            acoustic=_log(found.ascore) / max(1, found.end_frame - found.start_frame + 1),
            language=_log(found.lscore),
        )
        for found in decoder.seg() or ()
        if not _FILLER.match(found.word)
    )
    return Hearing(words, tuple(first), len(samples) // BYTES_PER_MS)


def _hypothesis(decoder: Decoder) -> str:
    found = decoder.hyp()
    return "" if found is None else str(found.hypstr)


def _log(likelihood: float) -> float:
    return math.log(max(likelihood, sys.float_info.min))


def _plain(word: str) -> str:
    return _VARIANT.sub("", word)
