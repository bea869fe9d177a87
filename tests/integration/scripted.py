"""An analyser whose findings are known: one of each kind wherever `sad` stands."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from shared.adapters.embedded.local_transcriber import LocalTranscriber
from shared.application.speech_ports import Capabilities
from shared.domain.elements import (
    ActionItem,
    Belief,
    Challenge,
    Elements,
    Emotion,
    Evidence,
    Insight,
    Provenance,
    Topic,
    element_id,
)
from shared.domain.recording import Stretch, Turn, Word
from shared.domain.transcript import Role
from shared.domain.window import Window

_WORD = "sad"


class OneOfEach:
    """Implements `Analyzer`."""

    provenance = Provenance("scripted", "words", "1")
    languages = frozenset({"en"})

    def analyze(self, window: Window, session_date: datetime) -> Elements:
        found = [_elements(evidence) for evidence in _hits(window)]
        return Elements(
            emotions=tuple(e["emotion"] for e in found),
            topics=tuple(e["topic"] for e in found),
            beliefs=tuple(e["belief"] for e in found),
            challenges=tuple(e["challenge"] for e in found),
            action_items=tuple(e["action_item"] for e in found),
        )

    def merge(self, windows: Sequence[Elements], session_date: datetime) -> Elements:
        evidence = [e for elements in windows for item in elements.emotions for e in item.evidence]
        if not evidence:
            return Elements()
        content = f"Sadness came up {len(evidence)} times."
        shared = _shared("insight", *evidence)
        return Elements(insights=(Insight(content=content, type="pattern", **shared),))


def _hits(window: Window) -> Iterator[Evidence]:
    for segment in window.segments:
        at = segment.text.find(_WORD)
        if at >= 0:
            yield Evidence(segment.id, at, at + len(_WORD), _WORD)


def _shared(kind: str, *evidence: Evidence) -> dict[str, Any]:
    return {
        "id": element_id(kind, _WORD, *evidence),
        "evidence": evidence,
        "provenance": Provenance("scripted", "words", "1"),
        "speaker": "Client",
        "role": Role.CLIENT,
        "confidence": 0.9,
    }


def _elements(hit: Evidence) -> dict[str, Any]:
    return {
        "emotion": Emotion(
            name="sadness",
            category="sadness",
            valence=-0.7,
            intensity=0.5,
            **_shared("emotion", hit),
        ),
        "topic": Topic(topic_id="mood", name="Mood", category="Health", **_shared("topic", hit)),
        "belief": Belief(
            text="I am sad",
            category="self-worth",
            polarity="limiting",
            about="self",
            **_shared("belief", hit),
        ),
        "challenge": Challenge(text="being sad", severity=0.4, **_shared("challenge", hit)),
        "action_item": ActionItem(
            text="write it down", assignee=Role.CLIENT, **_shared("action_item", hit)
        ),
    }


class OneSpeech:
    """Nine seconds of speech by one voice."""

    duration_ms = 9_000
    partial = False

    def __iter__(self) -> Iterator[tuple[Stretch, bytes]]:
        yield Stretch(0, self.duration_ms), bytes(32 * self.duration_ms)


class OneSound:
    def speech(self, read: Callable[[int, int], bytes], size_bytes: int) -> OneSpeech:
        assert len(read(0, size_bytes)) == size_bytes
        return OneSpeech()

    def turns(self, speech: Iterator[tuple[Stretch, bytes]]) -> list[Turn]:
        return [Turn(stretch.start_ms, stretch.end_ms, 0) for stretch, _ in speech]


class OneTranscriber(LocalTranscriber):
    """Hears the same few words in every stretch."""

    capabilities = Capabilities("scripted", "words", "1", chunk_ms=60_000)

    def _words(self, samples: bytes, stretch: Stretch) -> Iterator[Word]:
        assert samples
        for at, text in enumerate(["i", "was", "sad", "on", "monday"]):
            yield Word(text, 500 * at, 500 * at + 400, 0.95)
