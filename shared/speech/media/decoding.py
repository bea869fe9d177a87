"""The sound of a recording, second by second."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator
from contextlib import closing
from types import TracebackType
from typing import Any, Final, Self

import numpy as np

from shared.speech.decoder.pipes import ALIVE, DONE, OPENED, REFUSED, SOUND

from .child import Child
from .identification import identify_media
from .recording import (
    RATE_HZ,
    Block,
    Cost,
    Flaw,
    Limits,
    MediaProblem,
    MediaRefused,
    Recording,
    Source,
)

_SAMPLES_PER_MS: Final = RATE_HZ // 1_000
# What may be missing of a declared duration before the rest counts as lost: encoders round up to
# whole frames, and containers to whole seconds.
_SLACK_MS: Final = 1_500
_SLACK_SHARE: Final = 0.005


class Decoding(Iterator[Block]):
    """An iterator over blocks; close it, or leave its `with`, when not all are taken.

    The child process runs from the first block that is asked for until the last one, or `close`.
    """

    def __init__(self, source: Source, limits: Limits, job: dict[str, Any], container: str) -> None:
        self._source = source
        self._limits = limits
        self._job = job
        self._container = container
        self._opened: dict[str, Any] = {}
        self._done: dict[str, Any] = {}
        self._blocks = self._run()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __next__(self) -> Block:
        """The next block.

        Raises:
            MediaRefused: when it turns out that the recording cannot be taken.
        """
        return next(self._blocks)

    def close(self) -> None:
        """Ends the child process; may be called again."""
        self._blocks.close()

    @property
    def cost(self) -> Cost | None:
        """What it took, None as long as the child has not told."""
        if "cpu_s" not in self._done:
            return None
        return Cost(self._done["cpu_s"], self._done["memory_bytes"])

    @property
    def recording(self) -> Recording:
        """What the recording is.

        Raises:
            RuntimeError: unless all of it was decoded.
        """
        done, opened = self._done, self._opened
        if not done.get("reached_end"):
            raise RuntimeError("a recording is known when it was decoded to its end")
        decoded_ms = done["samples"] // _SAMPLES_PER_MS
        declared_ms = _milliseconds(opened["declared_s"])
        falls_short = declared_ms is not None and declared_ms - decoded_ms > _slack(declared_ms)
        return Recording(
            container=self._container,
            codec=opened["codec"],
            sample_rate_hz=opened["sample_rate_hz"],
            channels=opened["source_channels"],
            decoded_ms=decoded_ms,
            declared_ms=declared_ms,
            is_partial=falls_short or done["is_cut"],
            speaks_apart=None,
            flaws=_flaws(opened, done, decoded_ms, declared_ms),
        )

    def _run(self) -> Generator[Block, None, None]:
        child = Child(self._source, self._job, self._limits.silence_s)
        kind = b""
        with closing(child):
            start_ms = self._job["first_sample"] // _SAMPLES_PER_MS
            for kind, payload in child.messages():
                if kind == SOUND and start_ms < self._limits.duration_ms:
                    yield from self._split(payload, start_ms)
                    start_ms += 1_000
                elif kind == OPENED:
                    self._opened = _facts(payload)
                elif kind in (DONE, REFUSED):
                    self._done = _facts(payload)
                    break
                elif kind != ALIVE:
                    # No child of ours says more than may be said.
                    raise MediaRefused(MediaProblem.DAMAGED)
        if kind == REFUSED:
            raise MediaRefused(_problem(self._done))

    def _split(self, payload: bytes, start_ms: int) -> Iterator[Block]:
        channels = 2 if self._opened.get("channels") == 2 else 1
        whole = len(payload) // (2 * channels) * 2 * channels
        sound = np.frombuffer(payload[:whole], dtype="<i2").reshape(-1, channels)
        for channel in range(sound.shape[1]):
            yield Block(channel, start_ms, np.ascontiguousarray(sound[:, channel]))


def decode(
    source: Source,
    limits: Limits | None = None,
    *,
    keep_apart: bool = False,
    start_ms: int = 0,
    end_ms: int | None = None,
) -> Decoding:
    """The sound of `source` at 16 kHz, mixed down to one channel.

    The same bytes give the same samples, whatever part of them is asked for: all before `start_ms`
    is decoded too and dropped, at several hundred times real time.

    Args:
        keep_apart: gives both channels of a recording that has two, block by block in turn.
        start_ms, end_ms: the part that is wanted; None is the end of the recording.

    Raises:
        MediaRefused: at once for what is too large or of no known kind, else from the iterator.
    """
    limits = limits or Limits()
    if source.size_bytes > limits.size_bytes:
        raise MediaRefused(MediaProblem.TOO_LARGE)
    found = identify_media(source)
    job = {
        "size_bytes": source.size_bytes,
        "demuxer": found.demuxer,
        "sound_offset": found.sound_offset,
        "stereo": keep_apart,
        "first_sample": start_ms * _SAMPLES_PER_MS,
        "last_sample": None if end_ms is None else end_ms * _SAMPLES_PER_MS,
        "most_samples": limits.duration_ms * _SAMPLES_PER_MS,
        "memory_bytes": limits.memory_bytes,
        "cpu_s": limits.cpu_s,
    }
    return Decoding(source, limits, job, found.demuxer)


def _facts(payload: bytes) -> dict[str, Any]:
    try:
        found = json.loads(payload)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise MediaRefused(MediaProblem.DAMAGED)
    return found


def _problem(done: dict[str, Any]) -> MediaProblem:
    code = done.get("code")
    return MediaProblem(code) if code in list(MediaProblem) else MediaProblem.DAMAGED


def _milliseconds(seconds: float | None) -> int | None:
    return None if seconds is None or seconds <= 0 else round(seconds * 1_000)


def _slack(declared_ms: int) -> float:
    return max(_SLACK_MS, declared_ms * _SLACK_SHARE)


def _flaws(
    opened: dict[str, Any], done: dict[str, Any], decoded_ms: int, declared_ms: int | None
) -> tuple[Flaw, ...]:
    differs_ms = 0 if declared_ms is None else decoded_ms - declared_ms
    slack = _slack(declared_ms or 0)
    holds = {
        Flaw.DAMAGED_PARTS: done["damaged_packets"] > 0,
        Flaw.HOLES: done["filled_samples"] > 0,
        Flaw.CUT_OFF: done["is_cut"],
        Flaw.SHORTER_THAN_DECLARED: -differs_ms > slack,
        Flaw.LONGER_THAN_DECLARED: differs_ms > slack,
        Flaw.OTHER_TRACKS: opened["tracks"] > 1,
    }
    return tuple(flaw for flaw, found in holds.items() if found)
