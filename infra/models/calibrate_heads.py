"""What the scores of the statement heads are worth, from those out of fold.

    python -m infra.models.calibrate_heads --data ../shared/data

Run it again whenever the rules change, as `infra.models.build` does when it has trained: a
confidence says what a score and a rule together are worth. The scores are those of sentences that
neither encoder nor lexicon had seen, whole dialogues at a time; curves and thresholds leave out the
transcripts that the rules were written from.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from infra.models.metrics import calibration_error
from infra.models.statements import COLUMNS, Floats, Labelled, Row, read_crossed, read_labelled
from shared.analysis import heads
from shared.analysis.encoder import ARTEFACT, SentenceEncoder
from shared.analysis.tasks.actions.commitments import (
    asks_for_commitment,
    find_commitment,
    find_therapist_commitment,
)
from shared.analysis.tasks.actions.proposals import CONTEXT_SENTENCES, find_proposals, homework
from shared.analysis.tasks.beliefs.task import find_statements
from shared.analysis.tasks.challenges.task import find_difficulty
from shared.analysis.tasks.insights.task import find_observation

PRECISION, PRECISION_KNOWN = 0.85, 0.8
# Of all sentences of posts, how many may be told wrongly where hardly any is to be told at all.
WRONG_SHARE = 0.005
LEAST, LEAST_KNOWN = 0.5, 0.3
# Below it lay most of what was wrong of 39 recommendations read by eye in counsel-chat's answers.
LEAST_RECOMMENDATION = 0.75
DIGITS = 3

Bools = NDArray[np.bool_]
NAMES = tuple(COLUMNS)


def _commits(row: Row) -> bool:
    asked = asks_for_commitment(row.dialogue.sentences, row.number)
    return find_commitment(row.sentence, is_asked=asked) is not None


def _answers(row: Row) -> bool:
    """Whether only the question before it makes a commitment of it, which no head reads."""
    return not row.is_therapist and find_commitment(row.sentence) is None and _commits(row)


def _recommends(row: Row) -> bool:
    before = row.dialogue.sentences[max(0, row.number - CONTEXT_SENTENCES) : row.number]
    return bool(find_proposals(row.sentence, before))


def _is_belief(row: Row) -> bool:
    return not row.sentence.is_question and bool(find_statements(row.sentence))


# The rule that looks for the same as a head.
RULES: dict[str, Callable[[Row], bool]] = {
    heads.BELIEF: _is_belief,
    heads.CHALLENGE: lambda row: find_difficulty(row.sentence) is not None,
    heads.COMMITMENT: _commits,
    heads.OBSERVATION: lambda row: find_observation(row.sentence) is not None,
    heads.RECOMMENDATION: _recommends,
    heads.AGREEMENT: lambda row: bool(homework(row.dialogue.sentences, row.number)),
}


@dataclass(frozen=True)
class Judged:
    """Sentences with their scores out of fold, whether a rule finds them, and the truth.

    Attributes:
        alone: whether nobody else speaks where the client says it.
    """

    scores: Floats
    rules: Bools
    alone: Bools
    targets: Bools

    def of(self, chosen: Bools, *, with_rules: bool = True) -> Judged:
        """Return some of them, with the rules switched off where these prove nothing."""
        rules = self.rules[chosen] & with_rules
        return Judged(self.scores[chosen], rules, self.alone[chosen], self.targets[chosen])


def fit_curves(
    judged: Judged, tuning: Judged, posts: Judged, floor: float = LEAST
) -> dict[bool, dict[str, float]]:
    """Fit score and rule to a probability, and the least ones for the precisions aimed at.

    Args:
        tuning, posts: sentences of transcripts and of posts, without rules. Heads alone must be
            right there as well: neither is put as the written dialogues are.

    Returns:
        What is so where the client speaks alone (True; the same slopes, another offset), and what
        is so elsewhere. A therapist is never alone: then there is no True.
    """
    inputs = np.column_stack([judged.scores, judged.rules, judged.alone])
    fitted = LogisticRegression(C=10.0).fit(inputs, judged.targets)
    slope, known, alone = map(float, fitted.coef_[0])
    curves = {}
    for is_alone in np.unique(judged.alone):
        numbers = {"slope": slope, "known": known}
        numbers["offset"] = float(fitted.intercept_[0]) + alone * is_alone
        parts = (part.of(part.alone == is_alone) for part in (judged, tuning, posts))
        curves[bool(is_alone)] = _bounded(numbers, *parts, floor)
    return curves


def _bounded(
    numbers: dict[str, float], judged: Judged, tuning: Judged, posts: Judged, floor: float
) -> dict[str, float]:
    """Add the least probabilities with which all three are right often enough."""
    read = partial(_probabilities, numbers)
    least = max(
        floor,
        least_probability(read(judged), judged.targets),
        least_probability(read(tuning), tuning.targets),
        least_probability(read(posts), posts.targets, wrong=WRONG_SHARE),
    )
    ruled = judged.of(judged.rules)
    known = least_probability(read(ruled), ruled.targets, PRECISION_KNOWN)
    bounds = {"least": least, "least_known": min(least, max(LEAST_KNOWN, known))}
    return {name: round(value, DIGITS) for name, value in (numbers | bounds).items()}


def least_probability(
    probabilities: Floats, targets: Bools, precision: float = PRECISION, wrong: float = 0.0
) -> float:
    """Return the least probability from which on so many are right; 0 if there are none to judge.

    Args:
        wrong: so small a share of all sentences may be wrong whatever the precision.
    """
    if not len(probabilities):
        return 0.0
    order = np.argsort(-probabilities, kind="stable")
    right, told = np.cumsum(targets[order]), np.arange(1, len(order) + 1)
    enough = np.flatnonzero((right >= precision * told) | (told - right <= wrong * len(order)))
    return float(probabilities[order][enough[-1]]) if len(enough) else 1.0


def _probabilities(curve: Mapping[str, float], judged: Judged) -> Floats:
    values = curve["slope"] * judged.scores + curve["known"] * judged.rules + curve["offset"]
    return np.asarray(1 / (1 + np.exp(-values)))


def tell(
    kind: str, rows: str, curves: Mapping[bool, Mapping[str, float]], judged: Judged
) -> dict[str, Any]:
    """Return and print precision and recall at the thresholds, and the calibration error."""
    targets = judged.targets
    probabilities, least = np.zeros(len(targets)), np.ones(len(targets))
    for is_alone, curve in curves.items():
        part = judged.alone == is_alone
        probabilities[part] = _probabilities(curve, judged)[part]
        least[part] = np.where(judged.rules, curve["least_known"], curve["least"])[part]
    told = probabilities >= least
    right = int((told & targets).sum())
    report = {
        "labelled": int(targets.sum()),
        "found": int(told.sum()),
        "precision": round(right / max(1, int(told.sum())), 3),
        "recall": round(right / max(1, int(targets.sum())), 3),
        "calibration_error": round(calibration_error(probabilities, targets), 4),
    }
    print(f"{kind:<15}{rows:<12}" + "".join(f"{name} {value}  " for name, value in report.items()))
    return report


def judge(labelled: Labelled, logits: Floats, name: str) -> tuple[Judged, NDArray[np.str_]]:
    """Return the sentences that a head is asked of, and the source of each.

    Whether what was proposed is taken home is asked only where the client says yes.
    """
    column = NAMES.index(name)
    asked = labelled.asked[:, column] > 0
    if name == heads.AGREEMENT:
        asked &= np.array([row.is_agreed for row in labelled.rows])
    rows = np.flatnonzero(asked)
    return (
        Judged(
            logits[rows, column],
            np.array([RULES[name](labelled.rows[row]) for row in rows]),
            np.array([labelled.rows[row].is_alone for row in rows]),
            labelled.targets[rows, column] > 0,
        ),
        np.array([labelled.rows[row].source for row in rows]),
    )


def fit_kinds(labelled: Labelled, logits: Floats) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the curves of `Heads` per kind, and figures.

    The rules were written from the tuning half, where they therefore prove nothing.
    """
    curves: dict[str, dict[str, Any]] = {"curves": {}, "alone": {}}
    report = {}
    for name in RULES:
        judged, sources = judge(labelled, logits, name)
        floor = LEAST_RECOMMENDATION if name == heads.RECOMMENDATION else LEAST
        tuning, posts = (
            judged.of(sources == source, with_rules=False) for source in ("tuning", "posts")
        )
        fitted = fit_curves(judged.of(sources != "tuning"), tuning, posts, floor)
        for is_alone, curve in fitted.items():
            curves["alone" if is_alone else "curves"][name] = curve
        report[name] = {
            source: tell(
                name, source, fitted, judged.of(sources == source, with_rules=source != "tuning")
            )
            for source in ("written", "posts", "tuning")
        }
    fresh = [row for row in labelled.rows if row.source != "tuning"]
    curves["curves"] |= {
        heads.PROMISE: share_curve(
            heads.PROMISE,
            [row for row in fresh if row.is_therapist and find_therapist_commitment(row.sentence)],
        ),
        heads.ANSWER: share_curve(heads.ANSWER, [row for row in fresh if _answers(row)]),
        heads.EMPOWERING: polarity_curve(labelled, logits),
    }
    return curves, report


def polarity_curve(labelled: Labelled, logits: Floats) -> dict[str, float]:
    """Return the curve of the probability that a belief is empowering."""
    column = NAMES.index(heads.EMPOWERING)
    held = labelled.asked[:, column] > 0
    fitted = LogisticRegression(C=10.0).fit(
        logits[held, column, None], labelled.targets[held, column] > 0
    )
    return _unbounded(float(fitted.coef_[0, 0]), float(fitted.intercept_[0]))


def share_curve(name: str, found: Sequence[Row]) -> dict[str, float]:
    """Return the curve of what a rule alone finds: its share of right ones (rule of succession)."""
    right = sum("action" in row.labels for row in found)
    share = (right + 1) / (len(found) + 2)
    print(f"{name:<15}written     found {len(found)}  right {right}")
    return _unbounded(0.0, float(np.log(share / (1 - share))))


def _unbounded(slope: float, offset: float) -> dict[str, float]:
    """Return a curve without a rule beside it and without a least probability."""
    numbers = {"slope": slope, "known": 0.0, "offset": offset, "least": 0.0, "least_known": 0.0}
    return {name: round(value, DIGITS) for name, value in numbers.items()}


def judge_beliefs(labelled: Labelled, logits: Floats) -> dict[str, float]:
    """Return how often what a belief is called is right: its polarity, and its category."""
    polarity = NAMES.index(heads.EMPOWERING)
    held = labelled.asked[:, polarity] > 0
    right = (logits[held, polarity] > 0) == (labelled.targets[held, polarity] > 0)
    named = labelled.asked[:, polarity + 1] > 0
    best = logits[named, polarity + 1 :].argmax(axis=1)
    truth = labelled.targets[named, polarity + 1 :].argmax(axis=1)
    report = {
        "polarity_right": round(float(right.mean()), 3),
        "category_right": round(float((best == truth).mean()), 3),
        "beliefs": int(held.sum()),
    }
    print(f"beliefs        {report}")
    return report


def calibrate(data: Path, artefact: Path, report: Path) -> None:
    """Write the curves beside the encoders and the figures to `report`."""
    labelled, version = read_labelled(data), SentenceEncoder(artefact).calibration.version
    logits = read_crossed(labelled, version)
    curves, figures = fit_kinds(labelled, logits)
    figures["beliefs"] = judge_beliefs(labelled, logits)
    content = {"encoder": version, "names": NAMES} | curves
    text = json.dumps(content, indent=1) + "\n"
    (artefact / heads.HEADS_FILE).write_text(text, encoding="utf-8")
    report.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m infra.models.calibrate_heads")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=Path(str(ARTEFACT)))
    parser.add_argument("--report", type=Path, default=Path("infra/models/heads_report.json"))
    chosen = parser.parse_args()
    calibrate(chosen.data, chosen.out, chosen.report)


if __name__ == "__main__":
    main()
