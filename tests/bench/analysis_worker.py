"""One row of the bench `analysis`: python -m tests.bench.analysis_worker WHAT WORDS [MODEL]."""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import cycle
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from shared.domain.window import Window

_ROOT: Final = Path(__file__).resolve().parents[2]
_DATE: Final = datetime(2025, 5, 1, 16, tzinfo=UTC)
_BATCH: Final = 32


def transcripts() -> list[Path]:
    """The transcripts that the bench reads."""
    found = sorted((_ROOT.parent / "shared" / "data" / "transcripts").glob("*.*"))
    texts = [path for path in found if path.suffix in (".txt", ".md")]
    return texts or [_ROOT / "infra" / "demo" / "session.txt"]


def windows_of(words: int) -> Iterator[Window]:
    """The windows of sessions that together have at least so many words."""
    from shared.domain.transcript import count_words
    from shared.domain.window import cut_windows
    from shared.speech.reader import TextTranscriptReader

    said = 0
    for path in cycle(transcripts()):
        content = path.read_bytes()
        read = TextTranscriptReader().read(content, filename=path.name, upload_id=f"u{said}")
        for window in cut_windows(read.segments):
            if said >= words:
                return
            said += count_words(window.segments)
            yield window


def _count(windows: Iterable[Window]) -> int:
    from shared.domain.transcript import count_words

    return sum(count_words(window.segments) for window in windows)


def _engine(words: int) -> dict[str, Any]:
    began = time.perf_counter()
    started = time.process_time()
    from shared.analysis.engine import LocalAnalyzer
    from shared.analysis.summary import choose_sentences
    from shared.domain.transcript import Role, Segment
    from shared.domain.window import Window

    imported = time.process_time()
    analyzer = LocalAnalyzer()
    analyzer._encoder.read(["A sentence."])
    loaded = time.process_time()
    # Whatever is compared with every sentence is read when there is one.
    words_said = "I feel sad about all of it."
    said = Segment("s", 0, None, Role.CLIENT, words_said, 0, len(words_said))
    analyzer.analyze(Window(0, (said,)), _DATE)
    warm = time.process_time()
    windows = list(windows_of(words))
    read = time.process_time()
    first = analyzer.analyze(windows[0], _DATE)
    first_element_s, first_window = time.perf_counter() - began, time.process_time()
    assert any(first)
    found = [first, *(analyzer.analyze(window, _DATE) for window in windows[1:])]
    merged = analyzer.merge(found, _DATE)
    sentences = choose_sentences(found)
    return {
        "words": _count(windows),
        "elements": sum(1 for elements in (*found, merged) for _ in elements) + len(sentences),
        "cpu_s": time.process_time() - warm,
        "imports_s": imported - started,
        "model_s": loaded - imported,
        "examples_s": warm - loaded,
        "first_window_s": first_window - read,
        "first_element_s": first_element_s - (read - warm),
    }


def _sentences(words: int) -> tuple[int, list[str]]:
    from shared.analysis.sentences import split_sentences

    windows = list(windows_of(words))
    return _count(windows), [s.text for w in windows for s in split_sentences(w.segments)]


def _model(words: int) -> dict[str, Any]:
    from shared.analysis.encoder import shared_encoder

    count, sentences = _sentences(words)
    shared_encoder().read(["A sentence."])
    started = time.process_time()
    shared_encoder().read(sentences)
    return {"words": count, "cpu_s": time.process_time() - started}


def _frozen(words: int, model: str, size: int) -> dict[str, Any]:
    """As sentence-transformers does: longest first, each batch padded to its longest."""
    import numpy as np
    import onnxruntime
    from tokenizers import Tokenizer

    from shared.analysis.encoder import ARTEFACT, MAX_TOKENS

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    tokenizer = Tokenizer.from_str((ARTEFACT / "tokenizer.json").read_text(encoding="utf-8"))
    tokenizer.enable_padding()
    tokenizer.enable_truncation(MAX_TOKENS)

    def run(texts: Sequence[str]) -> None:
        read = tokenizer.encode_batch(texts)
        ids = np.array([each.ids for each in read], dtype=np.int64)
        mask = np.array([each.attention_mask for each in read], dtype=np.int64)
        session.run(None, {"ids": ids, "mask": mask})

    count, sentences = _sentences(words)
    run(["A sentence."])
    started = time.process_time()
    ordered = sorted(sentences, key=len, reverse=True) if size > 1 else sentences
    for start in range(0, len(ordered), size):
        run(ordered[start : start + size])
    return {"words": count, "cpu_s": time.process_time() - started}


def main() -> None:
    """Measures and prints one JSON object."""
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    what, words, *rest = sys.argv[1:]
    found = {
        "engine": lambda: _engine(int(words)),
        "model": lambda: _model(int(words)),
        "each": lambda: _frozen(int(words), rest[0], 1),
        "batches": lambda: _frozen(int(words), rest[0], _BATCH),
    }[what]()
    found["peak_mib"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(found))


if __name__ == "__main__":
    main()
