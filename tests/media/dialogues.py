"""Dialogues made of the recordings in ../shared/data/speech, with who speaks when.

Turns of two to six readers follow one another with gaps of 0.1 to 0.9 s, some of them as short as a
second. Each reader sits at a microphone of their own (loudness, colour, room); noise lies over all.
The truth is the energy of the clean recordings, so that no detector is judged by itself.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

RATE_HZ = 16_000
DATA = Path(__file__).parents[3] / "shared" / "data" / "speech"
_FRAME = 160
# As NIST has it: a shorter pause belongs to the speech around it (RT-09 evaluation plan, 2009).
_PAUSE_MS = 300


@dataclass(frozen=True)
class Spoken:
    """A stretch of speech, [start_ms, end_ms)."""

    start_ms: int
    end_ms: int
    speaker: str


@dataclass(frozen=True)
class Dialogue:
    """16 kHz int16 samples, and the truth about them."""

    name: str
    samples: NDArray[np.int16]
    truth: tuple[Spoken, ...]


@dataclass(frozen=True)
class Room:
    """Conditions of a dialogue.

    Attributes:
        snr_db: of the mean speaker over the noise; None for none.
        noise: `white`, `pink` or `hum`.
        colours: whether each speaker has a microphone of their own.
    """

    name: str
    snr_db: float | None = None
    noise: str = "pink"
    colours: bool = False


ROOMS = (
    Room("clean"),
    Room("own mics", colours=True),
    Room("pink 20 dB", 20.0, "pink"),
    Room("white 15 dB, own mics", 15.0, "white", True),
    Room("hum+pink 15 dB, own mics", 15.0, "hum", True),
)


def speakers() -> list[str]:
    """The readers, in order."""
    return sorted(_utterances())


@lru_cache(maxsize=1)
def _utterances() -> dict[str, list[NDArray[np.float32]]]:
    found: dict[str, list[NDArray[np.float32]]] = {}
    for row in json.loads((DATA / "manifest.json").read_text(encoding="utf-8")):
        with av.open(str(DATA / row["audio"])) as container:
            parts = [frame.to_ndarray()[0] for frame in container.decode(audio=0)]
        sound = np.concatenate(parts).astype(np.float32) / 32_768
        found.setdefault(row["speaker"], []).append(sound)
    return found


def speech_in(sound: NDArray[np.float32]) -> list[tuple[int, int]]:
    """Where a clean recording speaks, in milliseconds; pauses of 0.3 s split it."""
    spectrum = np.fft.rfft(sound)
    # Some readers sit beside a machine that rumbles.
    spectrum[: round(len(sound) * 250 / RATE_HZ)] = 0
    heard = np.fft.irfft(spectrum, len(sound))
    frames = heard[: len(sound) // _FRAME * _FRAME].reshape(-1, _FRAME)
    level = 10 * np.log10((frames**2).mean(axis=1) + 1e-10)
    smooth = np.convolve(level, np.ones(5) / 5, "same")
    floor, loud = np.quantile(smooth, 0.05), np.quantile(smooth, 0.95)
    active = np.flatnonzero(smooth > floor + 0.4 * (loud - floor))
    if not len(active):
        return []
    breaks = np.flatnonzero(np.diff(active) * 10 > _PAUSE_MS)
    starts = active[np.concatenate([[0], breaks + 1])] * 10
    ends = active[np.concatenate([breaks, [len(active) - 1]])] * 10 + 10
    return [(int(a), int(b)) for a, b in zip(starts, ends, strict=True) if b - a >= 100]


def converse(people: list[str], room: Room, seed: int, minutes: float = 3.0) -> Dialogue:
    """A dialogue of `people`; the same arguments make the same samples."""
    rng = np.random.default_rng(seed)
    queues = {one: _pieces(one, rng) for one in people}
    microphones = {one: _microphone(rng) for one in people}
    parts: list[NDArray[np.float32]] = []
    truth: list[Spoken] = []
    at, speaker = 0, str(rng.choice(people))
    while at < minutes * 60 * RATE_HZ:
        gap = np.zeros(round(rng.uniform(0.1, 0.9) * RATE_HZ), np.float32)
        turn = queues[speaker].pop()
        if not queues[speaker]:
            queues[speaker] = _pieces(speaker, rng)
        at += len(gap)
        truth += [
            Spoken(at // 16 + start, at // 16 + end, speaker) for start, end in speech_in(turn)
        ]
        turn = turn / (np.sqrt((turn**2).mean()) + 1e-6) * 0.05
        parts += [gap, _through(microphones[speaker], turn) if room.colours else turn]
        at += len(turn)
        speaker = str(rng.choice([one for one in people if one != speaker] or people))
    clean = np.concatenate(parts)
    noisy = clean + _noise(room, len(clean), rng)
    samples = np.clip(np.round(noisy * 32_767), -32_768, 32_767).astype(np.int16)
    return Dialogue(f"{'+'.join(people)}, {room.name}", samples, tuple(truth))


def _pieces(person: str, rng: np.random.Generator) -> list[NDArray[np.float32]]:
    """Turns: whole recordings, and a third of them cut to one to four seconds."""
    found = []
    for sound in _utterances()[person]:
        spans = speech_in(sound)
        start = spans[0][0] * 16
        if rng.random() < 1 / 3:
            length = round(rng.uniform(1.0, 4.0) * RATE_HZ)
            found += [sound[start : start + length], sound[start + length :]]
        else:
            found.append(sound[start:])
    found = [piece for piece in found if len(piece) > 0.8 * RATE_HZ and speech_in(piece)]
    return [found[place] for place in rng.permutation(len(found))]


@dataclass(frozen=True)
class _Microphone:
    gain: float
    colour: NDArray[np.float32]


def _microphone(rng: np.random.Generator) -> _Microphone:
    """A loudness, a tilt with or without a telephone's band, and a small room's tail."""
    hertz = np.fft.rfftfreq(512, 1 / RATE_HZ)
    tilt = (np.maximum(hertz, 60) / 1_000) ** rng.uniform(-0.35, 0.35)
    if rng.random() < 0.4:
        tilt = tilt / (1 + (hertz / 3_600) ** 12) / (1 + (250 / np.maximum(hertz, 1)) ** 6)
    impulse = np.fft.irfft(tilt, 512)
    impulse = np.roll(impulse, 256) * np.hanning(512)
    tail = rng.standard_normal(2_400) * np.exp(-np.arange(2_400) / 500) * rng.uniform(0.0, 0.06)
    tail[0] = 1.0
    colour = np.convolve(impulse, tail)
    colour /= np.sqrt((colour**2).sum())
    return _Microphone(10 ** (rng.uniform(-6, 6) / 20), colour.astype(np.float32))


def _through(microphone: _Microphone, sound: NDArray[np.float32]) -> NDArray[np.float32]:
    size = len(sound) + len(microphone.colour)
    made = np.fft.irfft(np.fft.rfft(sound, size) * np.fft.rfft(microphone.colour, size), size)
    heard = made[256 : 256 + len(sound)]
    return np.asarray(heard * microphone.gain, dtype=np.float32)


def _noise(room: Room, samples: int, rng: np.random.Generator) -> NDArray[np.float32]:
    if room.snr_db is None:
        # Digital silence between turns is in no recording.
        return np.asarray(rng.standard_normal(samples) * 1e-4, dtype=np.float32)
    made = rng.standard_normal(samples)
    if room.noise != "white":
        spectrum = np.fft.rfft(made)
        spectrum /= np.sqrt(np.maximum(np.fft.rfftfreq(samples, 1 / RATE_HZ), 20.0))
        made = np.fft.irfft(spectrum, samples)
        made /= made.std()
    if room.noise == "hum":
        at_s = np.arange(samples) / RATE_HZ
        made += np.sin(2 * np.pi * 50 * at_s) + 0.5 * np.sin(2 * np.pi * 150 * at_s)
        made /= made.std()
    return np.asarray(made * 0.05 * 10 ** (-room.snr_db / 20), dtype=np.float32)
