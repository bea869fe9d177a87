"""From a topic's cosine to the probability that it is right, fitted on counsel-chat.

`python -m infra.models.calibrate_topics --data ../shared/data`

A title is right if the nearest sub topic lies under what counsellors filed the question as. A
question may rightly speak of more than its one topic, so the figure is a low one.
"""

from __future__ import annotations

import argparse
import csv
from pathlib import Path

import numpy as np
from sklearn.linear_model import LogisticRegression

from shared.analysis.encoder import shared_encoder
from shared.analysis.tasks.topics.task import TopicTask

# counsel-chat's topics and the ids, or beginnings of ids, that say the same in the taxonomy.
SAME: dict[str, tuple[str, ...]] = {
    "addiction": ("health.substances",),
    "anger-management": ("development.anger", "family.conflict"),
    "anxiety": ("health.anxiety", "health.stress", "self_esteem.confidence"),
    "behavioral-change": ("development.",),
    "depression": ("health.mood", "health.self_harm", "self_esteem.worth", "health.stress"),
    "diagnosis": ("health.",),
    "domestic-violence": ("trauma.abuse",),
    "eating-disorders": ("health.eating",),
    "family-conflict": ("family.",),
    "grief-and-loss": ("transitions.loss",),
    "human-sexuality": ("relationships.intimacy",),
    "intimacy": ("relationships.",),
    "lgbtq": ("relationships.intimacy", "purpose.identity"),
    "marriage": ("relationships.",),
    "parenting": ("family.",),
    "relationship-dissolution": ("relationships.",),
    "relationships": ("relationships.",),
    "self-esteem": ("self_esteem.", "health.mood"),
    "self-harm": ("health.self_harm",),
    "sleep-improvement": ("health.sleep",),
    "social-relationships": ("relationships.", "self_esteem.confidence", "health.anxiety"),
    "spirituality": ("purpose.",),
    "stress": ("health.",),
    "substance-abuse": ("health.substances",),
    "trauma": ("trauma.", "health.anxiety"),
    "workplace-relationships": ("work.",),
}


def read_titles(data: Path) -> list[tuple[str, str]]:
    """Return (title, topic) of every question whose topic the taxonomy knows."""
    path = data / "counsel-chat" / "20200325_counsel_chat.csv"
    with path.open(encoding="utf-8", newline="") as file:
        questions = {row["questionID"]: row for row in csv.DictReader(file)}
    return [(q["questionTitle"], q["topic"]) for q in questions.values() if q["topic"] in SAME]


def main() -> None:
    """Run the command: print accuracy by cosine and the fitted slope and offset."""
    parser = argparse.ArgumentParser(prog="python -m infra.models.calibrate_topics")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    titles = read_titles(parser.parse_args().data)
    encoder = shared_encoder()
    task = TopicTask(encoder)
    found = task.similarities(encoder.vectors([title for title, _ in titles]))
    cosines, nearest = found.max(axis=1), found.argmax(axis=1)
    ids = [topic.id for topic in task.taxonomy.topics]
    right = np.array(
        [ids[k].startswith(SAME[topic]) for k, (_, topic) in zip(nearest, titles, strict=True)]
    )
    print(f"{len(titles)} titles, {right.mean():.3f} right")
    for low in np.arange(0.2, 0.9, 0.1):
        inside = (cosines >= low) & (cosines < low + 0.1)
        if inside.any():
            print(
                f"cosine {low:.1f} to {low + 0.1:.1f}: {right[inside].mean():.3f} of {inside.sum()}"
            )
    fitted = LogisticRegression(C=100).fit(cosines[:, None], right)
    print(f"slope {fitted.coef_[0, 0]:.2f}, offset {fitted.intercept_[0]:.2f}")


if __name__ == "__main__":
    main()
