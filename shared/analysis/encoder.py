"""The shipped sentence encoders: one warm pair of ONNX sessions per process, loaded when needed.

Two encoders upon the same embeddings: the first reads emotions and meaning, the second emotions
once more, statements and counsellors' topics. Made by `infra/models`; what they were trained on and
how good they are stands in their model card.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from shared.analysis.lexicon import Lexicon, read_lexicon
from shared.networks import load_network

Floats = NDArray[np.float32]

ARTEFACT = files("shared.analysis") / "models"
# Linear heads upon the graph, and vectors of examples.
LINEAR, EXAMPLES = "linear.npz", "examples.npz"
MAX_TOKENS = 96
# No 96 tokens of prose are longer, and a line of a megabyte is not worth cutting into words.
MAX_CHARS = 4_000
FIRST_FILE, SECOND_FILE = "analyser.onnx", "companion.onnx"
# Groups of emotions whose intensity is read (Mohammad and Bravo-Marquez 2017).
INTENSITIES = ("anger", "fear", "joy", "sadness")
# Columns of the outputs of the first graph and of the second, which reads what the first embeds.
_FIRST_SIZES = {"emotions": 28, "groups": 7, "vector": 384, "middle": 1152}
_SECOND_SIZES = {"emotions_again": 28, "groups_again": 7, "statements": 17, "topics": 31}
_EMBEDDED = "embedded"


@dataclass(frozen=True)
class Calibration:
    """Numbers fitted on held-out data, beside the models' weights.

    Attributes:
        model, version: name of the artefact and the version of its weights.
        labels: GoEmotions labels in the order of the columns.
        slopes, offsets: (28, 3) and (28,); probability = sigmoid(sum of slope * score over the
            first encoder, the second and the lexicon, + offset) (Platt 1999).
        thresholds: per label, the probability from which a label counts as present.
        groups: the emotion groups of Ekman, in the order of their columns.
        statements: names of the columns of statements.
    """

    model: str
    version: str
    labels: tuple[str, ...]
    slopes: Floats
    offsets: Floats
    thresholds: Floats
    groups: tuple[Group, ...]
    statements: tuple[str, ...]

    def probabilities(self, scores: Floats) -> Floats:
        """Map (n, 28, 3) scores to (n, 28) probabilities."""
        return sigmoid((scores * self.slopes).sum(axis=2) + self.offsets)

    def group_probabilities(self, emotions: Floats, logits: Floats) -> Floats:
        """Map (n, 28) probabilities of labels and (n, 7, 2) logits of groups to (n, 7)."""
        found = [
            group.probabilities(emotions, logits[:, place])
            for place, group in enumerate(self.groups)
        ]
        return np.stack(found, axis=1)


@dataclass(frozen=True)
class Group:
    """A group of labels.

    Attributes:
        columns: of the labels that belong to it.
        slopes, offset: (3,) and one number; probability = sigmoid(sum of slope * score + offset)
            over the log-odds that any of its labels is there and both encoders' logits of it.
        threshold: the probability from which it counts as present.
    """

    name: str
    columns: tuple[int, ...]
    slopes: Floats
    offset: float
    threshold: float

    def probabilities(self, emotions: Floats, logits: Floats) -> Floats:
        """Map (n, 28) probabilities of labels and (n, 2) logits to the group's (n,) ones."""
        scores = np.column_stack([any_log_odds(emotions[:, self.columns]), logits])
        return sigmoid((scores * self.slopes).sum(axis=1) + np.float32(self.offset))


@dataclass(frozen=True)
class Readings:
    """What the model reads in n texts, row by row.

    Attributes:
        emotions: (n, 28) calibrated probabilities per GoEmotions label.
        vectors: (n, 384) unit sentence vectors; their dot product is a similarity in -1..1.
        requests: (n,) calibrated probability of a request or commitment.
        statements: (n, 17) scores of what kind of statement it is: the sum of the second encoder's
            logits and the lexicon's log-odds.
        intensities: (n, 4) how strong `INTENSITIES` are, 0..1.
    """

    emotions: Floats
    vectors: Floats
    requests: Floats
    statements: Floats
    intensities: Floats

    def of(self, rows: NDArray[np.int64]) -> Readings:
        """Return the readings of some rows, or of one several times."""
        return Readings(
            self.emotions[rows],
            self.vectors[rows],
            self.requests[rows],
            self.statements[rows],
            self.intensities[rows],
        )


@dataclass(frozen=True)
class RequestHead:
    """Whether a sentence holds a request or a commitment.

    Attributes:
        weights: (1152,) for the mean states of the second, fourth and sixth layer: the form of a
            sentence is plainer in the lower ones.
        threshold: the probability from which it counts as one.
    """

    weights: Floats
    offset: float
    threshold: float

    def probabilities(self, middle: Floats) -> Floats:
        """Map (n, 1152) states to (n,) calibrated probabilities."""
        return sigmoid(middle @ self.weights + np.float32(self.offset))


@dataclass(frozen=True)
class IntensityHead:
    """How strong each of `INTENSITIES` is in a sentence.

    Attributes:
        weights: (84 + 1152, 4) for the 28 emotions' scores by both encoders and the lexicon, and
            for the mean states that requests are read from.
        offsets: (4,).
        named: (3,) where a word names the feeling: the share of what is read, that of the word's
            own intensity, and what is added.
    """

    weights: Floats
    offsets: Floats
    named: Floats

    def intensities(self, scores: Floats, middle: Floats) -> Floats:
        """Map (n, 28, 3) scores and (n, 1152) states to (n, 4) intensities 0..1."""
        features = np.hstack([scores.reshape(-1, scores.shape[1] * scores.shape[2]), middle])
        # Row by row: a product of many rows rounds otherwise than that of one.
        read = np.array([row @ self.weights + self.offsets for row in features], np.float32)
        return np.clip(read.reshape(-1, len(INTENSITIES)), 0.0, 1.0)

    def named_intensity(self, read: float, word: float) -> float:
        """Return the intensity of a feeling from what is read and what its word says."""
        return float(self.named @ (read, word, 1.0))


class SentenceEncoder:
    """Reads texts with the shipped model. Thread-safe; loading takes well under a second."""

    def __init__(self, artefact: Traversable = ARTEFACT) -> None:
        self._artefact = artefact

    @cached_property
    def calibration(self) -> Calibration:
        """The numbers fitted on held-out data."""
        found = json.loads((self._artefact / "calibration.json").read_text(encoding="utf-8"))
        emotions = found["emotions"]
        labels = tuple(emotions["labels"])
        return Calibration(
            model=found["model"],
            version=found["version"],
            labels=labels,
            slopes=np.array(emotions["slopes"], dtype=np.float32),
            offsets=np.array(emotions["offsets"], dtype=np.float32),
            thresholds=np.array(emotions["thresholds"], dtype=np.float32),
            groups=tuple(_group(group, labels) for group in found["groups"]),
            statements=tuple(found["statements"]),
        )

    @cached_property
    def request_head(self) -> RequestHead:
        """The head that reads requests and commitments."""
        known = json.loads((self._artefact / "calibration.json").read_text(encoding="utf-8"))
        return RequestHead(
            self._linear["request.weights"],
            float(self._linear["request.offset"]),
            known["request"]["threshold"],
        )

    @cached_property
    def intensity_head(self) -> IntensityHead:
        """The head that reads how strong emotions are."""
        return IntensityHead(
            *(self._linear[f"intensity.{part}"] for part in ("weights", "offsets", "named"))
        )

    @cached_property
    def _linear(self) -> Any:
        content = io.BytesIO((self._artefact / LINEAR).read_bytes())
        return dict(np.load(content, allow_pickle=False))

    @cached_property
    def _tokenizer(self) -> Any:
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_str(
            (self._artefact / "tokenizer.json").read_text(encoding="utf-8")
        )
        tokenizer.no_padding()
        tokenizer.enable_truncation(MAX_TOKENS)
        return tokenizer

    @cached_property
    def _first(self) -> Any:
        return load_network(self._artefact / FIRST_FILE)

    @cached_property
    def _second(self) -> Any:
        return load_network(self._artefact / SECOND_FILE)

    @cached_property
    def _lexicon(self) -> Lexicon:
        return read_lexicon((self._artefact / "lexicon.npz").read_bytes())

    def read(self, texts: Sequence[str]) -> Readings:
        """Read texts of any length, each cut after 96 tokens; the order is kept."""
        first, vectors, middle, second, statements = self._run(
            texts, "emotions", "vector", "middle", "emotions_again", "statements"
        )
        emotions, lexical = self._lexical_scores(texts)
        scores = np.stack([first, second, emotions], axis=2)
        return Readings(
            emotions=self.calibration.probabilities(scores),
            vectors=vectors,
            requests=self.request_head.probabilities(middle),
            statements=statements + lexical,
            intensities=self.intensity_head.intensities(scores, middle),
        )

    def emotion_logits(self, texts: Sequence[str]) -> tuple[Floats, Floats]:
        """Return both encoders' logits, uncalibrated.

        These are (n, 28, 2) of the labels and (n, 7, 2) of the groups.
        """
        first, second, *groups = self._run(
            texts, "emotions", "emotions_again", "groups", "groups_again"
        )
        return np.stack([first, second], axis=2), np.stack(groups, axis=2)

    def emotion_scores(self, texts: Sequence[str]) -> tuple[Floats, Floats]:
        """Return the same, the labels' (n, 28, 3) with the lexicon's last."""
        labels, groups = self.emotion_logits(texts)
        return np.dstack([labels, self._lexical_scores(texts)[0]]), groups

    def groups(self, texts: Sequence[str]) -> Floats:
        """Return the (n, 7) calibrated probabilities of `Calibration.groups`."""
        scores, logits = self.emotion_scores(texts)
        emotions = self.calibration.probabilities(scores)
        return self.calibration.group_probabilities(emotions, logits)

    def _lexical_scores(self, texts: Sequence[str]) -> tuple[Floats, Floats]:
        """Return the lexicon's (n, 28) log-odds of emotions and (n, 17) of statements."""
        scores = self._lexicon.scores(texts)
        emotions = _FIRST_SIZES["emotions"]
        return scores[:, :emotions], scores[:, emotions:]

    def vectors(self, texts: Sequence[str]) -> Floats:
        """Return (n, 384) unit sentence vectors."""
        return self._run(texts, "vector")[0]

    def example_vectors(self, texts: Sequence[str]) -> Floats:
        """Return (n, 384) unit vectors of texts most of which were read when the model was made."""
        unknown = [text for text in texts if text not in self._examples]
        known = self._examples | dict(zip(unknown, self.vectors(unknown), strict=True))
        found = np.array([known[text] for text in texts], np.float32)
        return found.reshape(len(texts), _FIRST_SIZES["vector"])

    @cached_property
    def _examples(self) -> dict[str, Floats]:
        path = self._artefact / EXAMPLES
        kept: Any = np.load(io.BytesIO(path.read_bytes()), allow_pickle=False)
        if str(kept["version"]) != self.calibration.version:
            return {}
        return dict(zip(kept["texts"].tolist(), kept["vectors"], strict=True))

    def middle(self, texts: Sequence[str]) -> Floats:
        """Return (n, 1152) mean states of the second, fourth and sixth layer."""
        return self._run(texts, "middle")[0]

    def statements(self, texts: Sequence[str]) -> Floats:
        """Return the (n, 17) scores of `Readings.statements` alone."""
        return self.statement_logits(texts) + self._lexical_scores(texts)[1]

    def statement_logits(self, texts: Sequence[str]) -> Floats:
        """Return the second encoder's (n, 17) logits of what `Calibration.statements` names."""
        return self._run(texts, "statements")[0]

    def intensities(self, texts: Sequence[str]) -> Floats:
        """Return the (n, 4) values of `Readings.intensities` alone."""
        first, middle, second = self._run(texts, "emotions", "middle", "emotions_again")
        scores = np.stack([first, second, self._lexical_scores(texts)[0]], axis=2)
        return self.intensity_head.intensities(scores, middle)

    def topics(self, texts: Sequence[str]) -> Floats:
        """Return (n, 31) logits of counsellors' topics."""
        return self._run(texts, "topics")[0]

    def _run(self, texts: Sequence[str], *outputs: str) -> list[Floats]:
        """Run the graphs for some of their outputs, one text at a time.

        int8 activations are scaled over what runs together, so a batch would let a sentence's
        numbers depend on its neighbours. It costs a third of the speed.
        """
        sizes = _FIRST_SIZES | _SECOND_SIZES
        found = {name: np.zeros((len(texts), sizes[name]), np.float32) for name in outputs}
        first = [name for name in outputs if name in _FIRST_SIZES]
        second = [name for name in outputs if name in _SECOND_SIZES]
        for row, text in enumerate(texts):
            ids = np.array([self._tokenizer.encode(text[:MAX_CHARS]).ids], dtype=np.int64)
            read = self._first.run([*first, _EMBEDDED] if second else first, {"ids": ids})
            parts = read[: len(first)]
            if second:
                parts += self._second.run(second, {_EMBEDDED: read[-1]})
            for name, part in zip([*first, *second], parts, strict=True):
                found[name][row] = part[0]
        return [found[name] for name in outputs]


def _group(entry: Mapping[str, Any], labels: Sequence[str]) -> Group:
    return Group(
        name=entry["name"],
        columns=tuple(labels.index(label) for label in entry["labels"]),
        slopes=np.array(entry["slopes"], dtype=np.float32),
        offset=entry["offset"],
        threshold=entry["threshold"],
    )


def choose(probabilities: Floats, thresholds: Floats) -> NDArray[np.bool_]:
    """Return (n, labels) choices: all above threshold, else the one that comes nearest its own."""
    chosen = probabilities >= thresholds
    none = ~chosen.any(axis=1)
    chosen[none, (probabilities[none] / thresholds).argmax(axis=1)] = True
    return chosen


def any_log_odds(probabilities: Floats) -> Floats:
    """Return (n,) log-odds that at least one of independent events happens, from (n, events)."""
    none = np.clip(np.prod(1.0 - probabilities, axis=1), 1e-6, 1.0 - 1e-6)
    return np.asarray(np.log((1.0 - none) / none), dtype=np.float32)


def sigmoid(values: Floats) -> Floats:
    """Return 1 / (1 + exp(-values)), in 0..1 without overflow."""
    return np.asarray(0.5 * (1.0 + np.tanh(0.5 * values)), dtype=np.float32)


@lru_cache(maxsize=1)
def shared_encoder() -> SentenceEncoder:
    """Return the one pair of encoders of this process."""
    return SentenceEncoder()
