"""From words and voices to a transcript: who said what, when, and how well it was heard."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from shared.domain.recording import Turn, Word
from shared.domain.transcript import (
    MAX_SEGMENT_CHARS,
    Passage,
    PassageKind,
    Segment,
    Speaker,
    Timing,
    Transcript,
)

from .reader.roles import cast_roles
from .reliability import is_reliable, mean_confidence

# Where engines write no full stops, a pause of this length ends what is said in one go.
_PAUSE_MS = 700
_LONGEST_MS = 20_000


@dataclass(frozen=True, slots=True)
class RecordedWord:
    """A word and the channel that it was heard on; None where all channels are mixed."""

    word: Word
    channel: int | None = None


@dataclass(frozen=True, slots=True)
class _Utterance:
    voice: int | None
    turn: int
    words: tuple[Word, ...]

    @property
    def text(self) -> str:
        return " ".join(word.text for word in self.words)


def assemble(
    words: Sequence[RecordedWord], turns: Sequence[Turn], upload_id: str, duration_ms: int
) -> Transcript:
    """The transcript of a recording.

    Args:
        words: in any order; those that name a voice keep it.
        turns: who speaks when, for the others.
    """
    utterances = list(_utterances(_voiced(words, turns)))
    labels = _labels(utterances)
    speakers = _speakers(utterances, labels)
    segments = tuple(_segments(utterances, labels, speakers, upload_id))
    return Transcript(
        text="\n".join(segment.text for segment in segments),
        format="speech",
        segments=segments,
        passages=tuple(Passage(PassageKind.SPACE, s.end, s.end + 1) for s in segments[:-1]),
        speakers=tuple(speakers.values()),
        duration_s=duration_ms / 1_000,
    )


def _voiced(words: Sequence[RecordedWord], turns: Sequence[Turn]) -> list[tuple[Word, int | None]]:
    tellers: dict[int | None, _Voices] = {}
    for turn in turns:
        tellers.setdefault(turn.channel, _Voices([])).turns.append(turn)
    nobody = _Voices([])
    in_time = sorted(words, key=lambda each: (each.word.start_ms, each.word.end_ms))
    return [(each.word, tellers.get(each.channel, nobody).of(each.word)) for each in in_time]


class _Voices:
    """Tells whose a word is.

    Args:
        turns: of one channel, in order.
    """

    def __init__(self, turns: list[Turn]) -> None:
        self.turns = turns

    def of(self, word: Word) -> int | None:
        """The voice that speaks in the middle of `word`, or next to it."""
        if word.voice is not None or not self.turns:
            return word.voice
        middle = (word.start_ms + word.end_ms) / 2
        after = bisect_right(self.turns, middle, key=lambda turn: turn.start_ms)
        near = self.turns[max(0, after - 1) : after + 1]
        return min(near, key=lambda turn: _distance(turn, middle)).voice


def _distance(turn: Turn, at: float) -> float:
    return max(turn.start_ms - at, at - turn.end_ms, 0.0)


def _utterances(words: Sequence[tuple[Word, int | None]]) -> Iterator[_Utterance]:
    held: list[Word] = []
    turn, voice = 0, None
    for word, speaks in words:
        if held and (speaks != voice or _ends(held, word)):
            yield _Utterance(voice, turn, tuple(held))
            turn += speaks != voice
            held = []
        voice = speaks
        held.append(word)
    if held:
        yield _Utterance(voice, turn, tuple(held))


def _ends(held: Sequence[Word], following: Word) -> bool:
    last = held[-1]
    chars = sum(len(word.text) + 1 for word in held) + len(following.text)
    return (
        following.start_ms - last.end_ms >= _PAUSE_MS
        or following.end_ms - held[0].start_ms > _LONGEST_MS
        or last.text.endswith((".", "?", "!"))
        or chars > MAX_SEGMENT_CHARS
    )


def _labels(utterances: Sequence[_Utterance]) -> Mapping[int | None, str | None]:
    order = dict.fromkeys(u.voice for u in utterances if u.voice is not None)
    return {None: None} | {voice: f"Speaker {n}" for n, voice in enumerate(order, start=1)}


def _speakers(
    utterances: Sequence[_Utterance], labels: Mapping[int | None, str | None]
) -> dict[str | None, Speaker]:
    # What was not heard well says nothing of how somebody speaks.
    speech = [
        (labels[each.voice], each.text if is_reliable(each.words) else "") for each in utterances
    ]
    return cast_roles(speech, {}, one_writer=len({label for label, _ in speech}) == 1)


def _segments(
    utterances: Sequence[_Utterance],
    labels: Mapping[int | None, str | None],
    speakers: Mapping[str | None, Speaker],
    upload_id: str,
) -> Iterator[Segment]:
    start = 0
    for index, each in enumerate(utterances):
        label, text = labels[each.voice], each.text
        yield Segment(
            id=f"{upload_id}-{index}",
            turn=each.turn,
            speaker=label,
            role=speakers[label].role,
            text=text,
            start=start,
            end=start + len(text),
            start_ms=each.words[0].start_ms,
            end_ms=max(each.words[-1].end_ms, each.words[0].start_ms),
            timing=Timing.EXACT,
            confidence=mean_confidence(each.words),
            reliable=is_reliable(each.words),
        )
        start += len(text) + 1
