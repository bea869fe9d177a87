"""Who speaks when: the error beside a baseline of cepstra, what an hour costs, and how sure it is.

`misnamed` is the share of the speech that was heard, and so of its words, that stands under the
wrong speaker.

The thresholds were set on dialogues of the first three readers (seeds 1 and 2). What is reported
here are dialogues with the other two, under another seed. Nothing was fitted to them; but that two
of them were taken for one under seed 11 led to `_LARGE_MARGIN`, which the first three then set.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from shared.speech.media import Block
from shared.speech.speakers import Diarization, tell_speakers
from shared.speech.speakers.path import smoothest_path
from shared.speech.speakers.voice_activity import Region, find_speech
from shared.speech.speakers.voiceprint import mel_frames
from tests.bench.tables import show
from tests.media.dialogues import DATA, ROOMS, Dialogue, Room, converse, speakers
from tests.media.scoring import Score, score

_SEED = 12
_MINUTES = 1.5
_HOUR = "from tests.bench.diarization import hour; hour({minutes})"


def measure() -> None:
    """Prints the tables."""
    if not DATA.is_dir():
        print("diarization: ../shared/data/speech is not here; nothing measured")
        return
    _errors()
    _counts()
    _hours()


def _errors() -> None:
    tuned, pairs = speakers()[:3], combinations(speakers(), 2)
    unseen = [pair for pair in pairs if not set(pair) <= set(tuned)]
    found = [_one(pair, room) for room in ROOMS for pair in unseen]
    rows = [_row(room.name, [one for one in found if one.room is room]) for room in ROOMS]
    show(
        f"Two speakers: error, 0.25 s collar, {len(unseen)} pairs a room, {_MINUTES} min each",
        ("room", "error %", "missed", "false", "confused", "worst", "misnamed", "two", "cepstra %"),
        [*rows, _row("all", found)],
    )
    sure = np.sum([one.sure for one in found], axis=0)
    show(
        "Speech by the confidence of its turn",
        ("confidence", "seconds", "right %"),
        [
            (name, int(total / 1_000), f"{100 * right / max(total, 1):.2f}")
            for name, (total, right) in zip(_LEVELS, sure, strict=True)
        ],
    )


@dataclass(frozen=True)
class _Judged:
    room: Room
    own: Score
    whole: Score  # without a collar: words at the change of speakers count, too
    cepstra: Score
    speakers: int
    sure: NDArray[np.float64]


def _one(pair: tuple[str, ...], room: Room) -> _Judged:
    dialogue = converse(list(pair), room, _SEED, _MINUTES)
    found = tell_speakers(blocks(dialogue.samples))
    spans = [(t.start_ms, t.end_ms, t.speaker) for t in found.turns]
    own, whole = judge(dialogue, spans), judge(dialogue, spans, collar_ms=0)
    cepstra = judge(dialogue, by_cepstra(dialogue.samples))
    judged = _Judged(room, own, whole, cepstra, found.speakers, _sureness(dialogue, found))
    print(f"{dialogue.name}: {100 * own.error:.2f} %", file=sys.stderr, flush=True)
    return judged


def _row(name: str, judged: list[_Judged]) -> tuple[object, ...]:
    nobody = Score(0, 0, 0, 0)
    own = sum((one.own for one in judged), nobody)
    whole = sum((one.whole for one in judged), nobody)
    cepstra = sum((one.cepstra for one in judged), nobody)
    parts = (own.missed_ms, own.false_ms, own.confused_ms)
    return (
        name,
        f"{100 * own.error:.2f}",
        *(f"{100 * part / own.spoken_ms:.2f}" for part in parts),
        f"{100 * max(one.own.error for one in judged):.2f}",
        f"{100 * whole.confused_ms / (whole.spoken_ms - whole.missed_ms):.2f}",
        f"{sum(one.speakers == 2 for one in judged)}/{len(judged)}",
        f"{100 * cepstra.error:.2f}",
    )


def blocks(samples: NDArray[np.int16]) -> Iterator[Block]:
    """A channel in seconds."""
    for start in range(0, len(samples), 16_000):
        yield Block(0, start // 16, samples[start : start + 16_000])


def judge(dialogue: Dialogue, found: list[tuple[int, int, int]], collar_ms: int = 250) -> Score:
    """The score of spans."""
    truth = [(one.start_ms, one.end_ms, one.speaker) for one in dialogue.truth]
    return score(truth, found, collar_ms)


_LEVELS = ("under 0.80", "0.80 to 0.95", "0.95 to 0.99", "0.99 and more")


def _sureness(dialogue: Dialogue, found: Diarization) -> NDArray[np.float64]:
    """Per level: milliseconds said by a true speaker, and of those rightly told."""
    names = sorted({one.speaker for one in dialogue.truth})
    overlap = np.zeros((max(found.speakers, 1), len(names)))
    rows = []
    for turn in found.turns:
        shared = np.zeros(len(names))
        for one in dialogue.truth:
            both = min(turn.end_ms, one.end_ms) - max(turn.start_ms, one.start_ms)
            shared[names.index(one.speaker)] += max(both, 0)
        overlap[turn.speaker] += shared
        rows.append((turn, shared))
    who = overlap.argmax(axis=1)
    counts = np.zeros((len(_LEVELS), 2))
    for turn, shared in rows:
        level = int(np.searchsorted([0.80, 0.95, 0.99], turn.confidence, side="right"))
        counts[level] += [shared.sum(), shared[who[turn.speaker]]]
    return counts


def _counts() -> None:
    rows = []
    for count in range(1, 6):
        for room in (ROOMS[0], ROOMS[3]):
            dialogue = converse(speakers()[-count:], room, _SEED, 2.0)
            found = tell_speakers(blocks(dialogue.samples))
            spans = [(t.start_ms, t.end_ms, t.speaker) for t in found.turns]
            error = judge(dialogue, spans).error
            rows.append((f"{count}, {room.name}", found.speakers, f"{100 * error:.2f}"))
    show("How many speakers there are, unless told", ("true", "found", "error %"), rows)


def _hours() -> None:
    rows = []
    for minutes in (6, 60):
        command = [sys.executable, "-c", _HOUR.format(minutes=minutes)]
        said = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        seconds, before, peak = (float(part) for part in said.split())
        rows.append((f"{minutes}", seconds, minutes * 60 / seconds, before, peak))
    show(
        "What it costs, decoding not counted",
        ("minutes", "CPU s", "x real time", "RSS before MiB", "peak MiB"),
        rows,
    )


def hour(minutes: int) -> None:
    """Prints CPU seconds, and memory before and at its peak, of so many minutes."""
    dialogue = converse(speakers()[-2:], ROOMS[3], _SEED, _MINUTES)
    tell_speakers(blocks(dialogue.samples[: 20 * 16_000]))
    before = _resident_mib("VmRSS")
    with open("/proc/self/clear_refs", "w") as refs:
        refs.write("5")
    start_s = time.process_time()
    tell_speakers(_repeated(dialogue.samples, minutes))
    print(time.process_time() - start_s, before, _resident_mib("VmHWM"))


def _repeated(samples: NDArray[np.int16], minutes: int) -> Iterator[Block]:
    whole = samples[: len(samples) // 16_000 * 16_000].reshape(-1, 16_000)
    for second in range(minutes * 60):
        yield Block(0, second * 1_000, whole[second % len(whole)])


def _resident_mib(name: str) -> float:
    with open("/proc/self/status", encoding="utf-8") as status:
        (line,) = (line for line in status if line.startswith(f"{name}:"))
    return int(line.split()[1]) / 1_024


# The baseline: cepstra of the same regions, two clusters, the same path.


def by_cepstra(samples: NDArray[np.int16]) -> list[tuple[int, int, int]]:
    """Two speakers by k-means over means and spreads of MFCCs of 1.5 s, told that there are two."""
    regions = list(find_speech(blocks(samples)))
    spans, vectors = [], []
    for region in regions:
        sound = samples[region.start_ms * 16 : region.end_ms * 16]
        for start_ms, vector in _cepstra(sound):
            spans.append((region.start_ms + start_ms, region))
            vectors.append(vector)
    scaled = np.stack(vectors)
    scaled = (scaled - scaled.mean(axis=0)) / (scaled.std(axis=0) + 1e-6)
    near = -np.stack([((scaled - c) ** 2).sum(axis=1) for c in _two_means(scaled)], axis=1)
    begins = np.array([start_ms == region.start_ms for start_ms, region in spans])
    path = smoothest_path((near / scaled.shape[1]).astype(np.float32) * 3, begins)
    return _spans(spans, path)


def _cepstra(sound: NDArray[np.int16]) -> Iterator[tuple[int, NDArray[np.float64]]]:
    mels = np.log(mel_frames(sound) + 1e-8)
    size = mels.shape[1]
    turns = np.outer(np.arange(1, 20), np.arange(size) + 0.5) * np.pi / size
    cepstra = mels @ np.cos(turns).T
    for start in range(0, max(len(cepstra) - 20, 1), 50):
        middle = cepstra[max(start - 50, 0) : start + 100]
        yield start * 10, np.concatenate([middle.mean(axis=0), middle.std(axis=0)])


def _two_means(vectors: NDArray[np.float64]) -> NDArray[np.float64]:
    best, least = vectors[:2], float("inf")
    for seed in range(10):
        rng = np.random.default_rng(seed)
        centres = vectors[rng.choice(len(vectors), 2, replace=False)]
        for _ in range(50):
            far = ((vectors[:, None] - centres) ** 2).sum(axis=2)
            own = far.argmin(axis=1)
            parts = [vectors[own == k] if (own == k).any() else centres[k : k + 1] for k in (0, 1)]
            centres = np.stack([part.mean(axis=0) for part in parts])
        if (cost := float(far.min(axis=1).sum())) < least:
            best, least = centres, cost
    return best


def _spans(places: list[tuple[int, Region]], path: NDArray[np.int64]) -> list[tuple[int, int, int]]:
    found = []
    for at, (start_ms, region) in enumerate(places):
        goes_on = at + 1 < len(places) and places[at + 1][1] is region
        end_ms = places[at + 1][0] if goes_on else region.end_ms
        found.append((start_ms, end_ms, int(path[at])))
    return found
