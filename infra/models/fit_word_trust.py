"""How far pocketsphinx's words can be trusted: fits `shared/speech/word_trust.json`.

`python -m infra.models.fit_word_trust --data ../shared/data`

Each utterance of the data goes the whole way of a recording: decoded, cut into speech, recognised.
The words that were heard are aligned with those that were said; a logistic regression learns which
of them are right. What is printed holds for voices that the regression has not seen: each
speaker is judged by the weights that the others gave.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from infra.models.words import Alignment, align
from shared.adapters.embedded.sphinx import hear, new_decoder
from shared.domain.recording import Word
from shared.speech.hearing import MediaSoundReader
from shared.speech.utterances import RecordedWord, assemble
from shared.speech.word_trust import FEATURES, HeardWord, features

_OUT = Path("shared/speech/word_trust.json")
_RIDGE = 10.0
_STEPS = 50

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Utterance:
    """One recording of the data, as it was heard.

    Attributes:
        rows: features of each word, shape (words, len(FEATURES)).
    """

    speaker: str
    words: tuple[HeardWord, ...]
    rows: Floats
    alignment: Alignment


def utterances(data: Path) -> Iterator[Utterance]:
    """Hears all of `data/speech/manifest.json`."""
    decoder, sound = new_decoder(), MediaSoundReader()
    folder = data / "speech"
    for entry in json.loads((folder / "manifest.json").read_text("utf-8")):
        content = (folder / entry["audio"]).read_bytes()
        words: list[HeardWord] = []
        rows: list[tuple[float, ...]] = []
        for stretch, samples in sound.speech(lambda a, z, c=content: c[a:z], len(content)):
            heard = hear(decoder, samples)
            rows += features(heard)
            words += [_moved(word, stretch.start_ms) for word in heard.words]
        alignment = align(entry["text"].split(), [word.text for word in words])
        table = np.array(rows, dtype=np.float64).reshape(len(rows), len(FEATURES))
        yield Utterance(entry["speaker"], tuple(words), table, alignment)


def _moved(word: HeardWord, by_ms: int) -> HeardWord:
    return HeardWord(
        word.text,
        word.start_ms + by_ms,
        word.end_ms + by_ms,
        word.posterior,
        word.acoustic,
        word.language,
    )


def fit(rows: Floats, right: Floats) -> Floats:
    """Weights of a ridge-regularised logistic regression, the bias first, by Newton's method."""
    mean, scale = rows.mean(axis=0), rows.std(axis=0) + 1e-9
    known = np.column_stack([np.ones(len(rows)), (rows - mean) / scale])
    penalty = np.diag([0.0, *[_RIDGE] * rows.shape[1]])
    weights = np.zeros(known.shape[1])
    for _ in range(_STEPS):
        told = 1 / (1 + np.exp(-known @ weights))
        slope = known.T @ (right - told) - penalty @ weights
        curve = (known * (told * (1 - told))[:, None]).T @ known + penalty
        weights += np.linalg.solve(curve, slope)
    plain = weights[1:] / scale
    return np.concatenate([[weights[0] - plain @ mean], plain])


def predict(weights: Floats, rows: Floats) -> Floats:
    """The probability of each word."""
    return np.asarray(1 / (1 + np.exp(-(weights[0] + rows @ weights[1:]))))


@dataclass(frozen=True)
class Judged:
    """A segment: how sure it is, its errors (each missed word with the word before) and words."""

    confidence: float
    errors: int
    said: int


def judge(heard: Sequence[Utterance]) -> Iterator[Judged]:
    """All segments, each with the confidence that the other speakers' weights give it."""
    for speaker in sorted({each.speaker for each in heard}):
        others = [each for each in heard if each.speaker != speaker]
        weights = fit(*_stacked(others))
        for each in heard:
            if each.speaker == speaker and each.words:
                yield from _segments(each, predict(weights, each.rows))


def _stacked(heard: Sequence[Utterance]) -> tuple[Floats, Floats]:
    rows = np.concatenate([each.rows for each in heard])
    right = np.concatenate([np.array(each.alignment.right, np.float64) for each in heard])
    return rows, right


def _segments(each: Utterance, trust: Floats) -> Iterator[Judged]:
    words = [
        RecordedWord(Word(word.text, word.start_ms, word.end_ms, float(p)))
        for word, p in zip(each.words, trust, strict=True)
    ]
    at = 0
    for segment in assemble(words, [], "u", 0).segments:
        count = len(segment.text.split())
        own = each.alignment.errors[at : at + count]
        said = each.alignment.said[at : at + count]
        yield Judged(segment.confidence or 0.0, sum(own), sum(said))
        at += count


def report(judged: Sequence[Judged]) -> None:
    """Prints what each threshold lets pass, and how wrong that is."""
    total = sum(each.said for each in judged)
    print(f"{len(judged)} segments, {total} words, WER {_rate(judged):.1%}")
    for threshold in np.arange(0.5, 0.96, 0.05):
        passed = [each for each in judged if each.confidence >= threshold]
        kept_out = [each for each in judged if each.confidence < threshold]
        share = sum(each.said for each in passed) / total
        print(
            f"at {threshold:.2f}: passes {share:5.1%} of the words ({len(passed):3} segments), "
            f"WER {_rate(passed):5.1%}; keeps out WER {_rate(kept_out):5.1%}"
        )


def _rate(judged: Sequence[Judged]) -> float:
    return sum(each.errors for each in judged) / max(1, sum(each.said for each in judged))


def main() -> None:
    """Fits, prints and writes."""
    parser = argparse.ArgumentParser(prog="infra.models.fit_word_trust", description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    given = parser.parse_args()
    heard = list(utterances(given.data))
    report(list(judge(heard)))
    weights = fit(*_stacked(heard))
    record = {
        "features": list(FEATURES),
        "bias": round(float(weights[0]), 5),
        "weights": [round(float(weight), 5) for weight in weights[1:]],
    }
    _OUT.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
