"""From stamps to offsets: what they count from, and what lies between them."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from .script import Script
from .stamps import DAY_MS, HOUR_MS, Stamp

# A first stamp of six hours or more is a time of day: sessions do not start there.
_LARGE_FIRST_MS = 6 * HOUR_MS
# Nobody speaks faster than this for long (auctioneers: about 4 words per second), so two-field
# stamps that would need it are hours and minutes.
_MAX_WORDS_PER_S = 5.5
# How far the header's time of day may be from the first stamp and still be its clock.
_HEADER_MATCH_MS = HOUR_MS


@dataclass(frozen=True, slots=True)
class Anchor:
    """A place in the text whose time is known."""

    offset: int
    ms: int


class Timeline:
    """Times of a script's places, in ms from its start.

    Args:
        anchors: sorted by offset.
    """

    def __init__(self, anchors: Sequence[Anchor]) -> None:
        self._anchors = anchors
        self._offsets = [anchor.offset for anchor in anchors]

    def next_after(self, offset: int) -> int | None:
        """Time of the first anchor at or behind `offset`."""
        index = bisect_left(self._offsets, offset)
        return self._anchors[index].ms if index < len(self._anchors) else None

    def between(self, offset: int) -> int | None:
        """Time of a place between two anchors, by its share of the characters between them."""
        index = bisect_right(self._offsets, offset)
        if not 0 < index < len(self._anchors):
            return None
        before, after = self._anchors[index - 1], self._anchors[index]
        if after.ms <= before.ms:
            return None
        share = (offset - before.offset) / (after.offset - before.offset)
        return before.ms + round((after.ms - before.ms) * share)


def timeline_of(script: Script) -> tuple[Timeline, dict[int, int]]:
    """The timeline of `script`, and the offset in ms of each stamped place in its text."""
    stamped = _stamped(script)
    offsets = _resolve([stamp for _, stamp in stamped], script)
    anchors = [Anchor(place, ms) for (place, _), ms in zip(stamped, offsets, strict=True)]
    return Timeline(anchors), {anchor.offset: anchor.ms for anchor in reversed(anchors)}


def _stamped(script: Script) -> list[tuple[int, Stamp]]:
    places = list(script.anchors)
    for utterance in script.utterances:
        if utterance.at is not None:
            places.append((utterance.start, utterance.at))
        if utterance.until is not None:
            places.append((utterance.end, utterance.until))
    return sorted(places, key=lambda place: place[0])


def _resolve(stamps: Sequence[Stamp], script: Script) -> list[int]:
    if not stamps:
        return []
    if _are_of_day(stamps, script):
        return _since_first([stamp.clock_ms for stamp in stamps])
    if _are_too_fast(stamps, script):
        return [stamp.clock_ms for stamp in stamps]
    return [stamp.ms for stamp in stamps]


def _are_of_day(stamps: Sequence[Stamp], script: Script) -> bool:
    if script.running_times:
        return False
    if any(stamp.of_day for stamp in stamps):
        return True
    if any(stamp.clock_ms > DAY_MS for stamp in stamps):
        return False
    first, starts = stamps[0].clock_ms, script.header.starts
    near_header = starts is not None and abs(starts.clock_ms - first) <= _HEADER_MATCH_MS
    late = first >= HOUR_MS and _are_too_fast(stamps, script)
    return near_header or late or first >= _LARGE_FIRST_MS


def _are_too_fast(stamps: Sequence[Stamp], script: Script) -> bool:
    if script.running_times or any(stamp.fields == 3 for stamp in stamps):
        return False
    span_ms = max(s.ms for s in stamps) - min(s.ms for s in stamps)
    spoken = [u for u in script.utterances if u.at is not None][:-1]
    words = sum(len(script.text[u.start : u.end].split()) for u in spoken)
    return span_ms > 0 and words > _MAX_WORDS_PER_S * span_ms / 1000


def _since_first(clock: Sequence[int]) -> list[int]:
    # A clock without AM and PM that never shows more than 12 starts again after 12 hours.
    period = DAY_MS if any(ms >= 13 * HOUR_MS or ms < HOUR_MS for ms in clock) else DAY_MS // 2
    offsets, now = [0], 0
    for before, after in pairwise(clock):
        step = (after - before) % period
        now += step if step <= period // 2 else step - period
        offsets.append(max(0, now))
    return offsets
