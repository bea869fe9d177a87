"""Sentence vectors of the topics' and feelings' examples, kept so that no process reads them anew.

    python -m infra.models.examples

Run it again when the taxonomy or the vocabulary changes; `infra.models.build` does it too.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np

from shared.analysis.encoder import ARTEFACT, EXAMPLES, SentenceEncoder
from shared.analysis.tasks.emotions.vocabulary import load_vocabulary
from shared.analysis.tasks.topics.taxonomy import load_taxonomy


def example_texts() -> list[str]:
    """Return every text that the engine compares sentences with, once."""
    topics = [text for topic in load_taxonomy().topics for text in topic.texts]
    feelings = [text for feeling in load_vocabulary().feelings for text in feeling.examples]
    return list(dict.fromkeys([*topics, *feelings]))


def write_examples(folder: Path) -> None:
    """Write them beside the encoder that read them."""
    encoder, texts = SentenceEncoder(folder), example_texts()
    np.savez_compressed(
        folder / EXAMPLES,
        version=np.str_(encoder.calibration.version),
        texts=np.array(texts),
        vectors=encoder.vectors(texts),
    )


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m infra.models.examples")
    parser.add_argument("--out", type=Path, default=Path(str(ARTEFACT)))
    write_examples(parser.parse_args().out)


if __name__ == "__main__":
    main()
