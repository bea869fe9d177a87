"""A Whisper model that knows nothing: one layer, random weights, a vocabulary of bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from ctranslate2.specs import whisper_spec
from faster_whisper.tokenizer import _LANGUAGE_CODES
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

_WIDTH, _HEADS, _MELS = 64, 2, 80
_SPECIAL = [
    "<|endoftext|>",
    "<|startoftranscript|>",
    *(f"<|{code}|>" for code in _LANGUAGE_CODES),
    *("<|translate|>", "<|transcribe|>", "<|startoflm|>", "<|startofprev|>", "<|nospeech|>"),
    "<|notimestamps|>",
    *(f"<|{at * 0.02:.2f}|>" for at in range(1_501)),
]


def make_model(folder: Path) -> Path:
    """Writes the model as faster-whisper reads it: 2 MB."""
    folder.mkdir()
    tokenizer = _tokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    words = [word for word, _ in sorted(tokenizer.get_vocab().items(), key=lambda each: each[1])]
    spec = whisper_spec.WhisperSpec(1, _HEADS, 1, _HEADS)
    _fill(spec, len(words))
    spec.register_vocabulary(words)
    languages = [tokenizer.token_to_id(f"<|{code}|>") for code in _LANGUAGE_CODES]
    spec.config.suppress_ids = spec.config.suppress_ids_begin = []
    spec.config.lang_ids, spec.config.alignment_heads = languages, [(0, 0)]
    spec.validate()
    spec.optimize(quantization=None)
    spec.save(str(folder))
    return folder


def _tokenizer() -> Tokenizer:
    letters = sorted(pre_tokenizers.ByteLevel.alphabet())
    words = [*letters, *(f"Ġ{word}" for word in ("so", "sad", "work", "how", "you"))]
    vocabulary = {word: number for number, word in enumerate(words)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[]))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(word, special=True) for word in _SPECIAL])
    return tokenizer


def _fill(spec: Any, words: int) -> None:
    weights, encoder, decoder = _Weights(), spec.encoder, spec.decoder
    for layer, given in ((encoder.conv1, _MELS), (encoder.conv2, _WIDTH)):
        layer.weight, layer.bias = weights.random(_WIDTH, given, 3), np.zeros(_WIDTH, np.float32)
    encoder.position_encodings.encodings = weights.random(1_500, _WIDTH)
    decoder.embeddings.weight = weights.random(words, _WIDTH)
    decoder.position_encodings.encodings = weights.random(448, _WIDTH)
    decoder.projection.weight = decoder.embeddings.weight
    weights.norm(encoder.layer_norm)
    weights.norm(decoder.layer_norm)
    for layer in (*encoder.layer, *decoder.layer):
        weights.attention(layer.self_attention, 3 * _WIDTH, _WIDTH)
        weights.feed_forward(layer.ffn)
    for layer in decoder.layer:
        weights.attention(layer.attention, _WIDTH, 2 * _WIDTH, _WIDTH)


class _Weights:
    """Fills layers at random, always alike."""

    def __init__(self) -> None:
        self._chance = np.random.default_rng(1)

    def random(self, *shape: int) -> Any:
        return (self._chance.standard_normal(shape) * 0.05).astype(np.float32)

    def linear(self, layer: Any, given: int, made: int) -> None:
        layer.weight, layer.bias = self.random(made, given), np.zeros(made, np.float32)

    def norm(self, layer: Any) -> None:
        layer.gamma, layer.beta = np.ones(_WIDTH, np.float32), np.zeros(_WIDTH, np.float32)

    def attention(self, layer: Any, *sizes: int) -> None:
        self.norm(layer.layer_norm)
        for each, size in zip(layer.linear, sizes, strict=True):
            self.linear(each, _WIDTH, size)

    def feed_forward(self, layer: Any) -> None:
        self.norm(layer.layer_norm)
        self.linear(layer.linear_0, _WIDTH, 4 * _WIDTH)
        self.linear(layer.linear_1, 4 * _WIDTH, _WIDTH)
