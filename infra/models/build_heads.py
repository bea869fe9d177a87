"""From labelled dialogues to the heads that read statements, in one command.

    python -m infra.models.build_heads --data ../shared/data

Run it again whenever the encoder changes: the heads read its vectors. Trains on the written
dialogues and the tuning half of the gold set; scores for calibration and thresholds are out of
fold, whole dialogues at a time, and leave out the transcripts that the rules were written from.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from infra.models.labelled import CATEGORIES, PLAIN, Dialogue, read_tuning, read_written
from shared.analysis import heads
from shared.analysis.encoder import ARTEFACT, Floats, Readings, shared_encoder
from shared.analysis.sentences import Sentence
from shared.analysis.tasks.actions.assent import find_assent
from shared.analysis.tasks.actions.commitments import (
    asks_for_commitment,
    find_commitment,
    find_therapist_commitment,
)
from shared.analysis.tasks.actions.proposals import CONTEXT_SENTENCES, find_proposals, homework
from shared.analysis.tasks.beliefs.task import find_statements
from shared.analysis.tasks.challenges.task import find_difficulty
from shared.analysis.tasks.insights.task import find_observation
from shared.domain.transcript import Role

SEED, FOLDS = 1, 5
PRECISION, LEAST, LEAST_KNOWN = 0.88, 0.6, 0.3
# Below it lay most of what was wrong of 39 recommendations read by eye in counsel-chat's answers.
LEAST_RECOMMENDATION = 0.75
STRENGTH, MEANING_SCALE, WORDING_SCALE = 1.0, 2.0, 3.0
MIN_SENTENCES = 3
DIGITS = 3

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Row:
    """One sentence with what was read in it, and its dialogue."""

    dialogue: Dialogue
    number: int

    @property
    def sentence(self) -> Sentence:
        """The sentence itself."""
        return self.dialogue.sentences[self.number]

    @property
    def labels(self) -> frozenset[str]:
        """Its labels."""
        return self.dialogue.labels[self.number]

    @property
    def is_tuned(self) -> bool:
        """Whether rules were written with it in view."""
        return self.dialogue.name.startswith("gold/")

    @property
    def is_therapist(self) -> bool:
        """Whether the therapist says it."""
        return self.sentence.segment.role is Role.THERAPIST


@dataclass(frozen=True)
class Kind:
    """A head: whose sentences it reads, what it looks for, the rule for the same."""

    is_therapist: bool
    is_so: Callable[[Row], bool]
    rule: Callable[[Row], bool]


def _has(*labels: str) -> Callable[[Row], bool]:
    return lambda row: bool(row.labels & set(labels))


def _commits(row: Row) -> bool:
    asked = asks_for_commitment(row.dialogue.sentences, row.number)
    return find_commitment(row.sentence, is_asked=asked) is not None


def _recommends(row: Row) -> bool:
    before = row.dialogue.sentences[max(0, row.number - CONTEXT_SENTENCES) : row.number]
    return bool(find_proposals(row.sentence, before))


def _is_belief(row: Row) -> bool:
    return not row.sentence.is_question and bool(find_statements(row.sentence))


KINDS = {
    heads.BELIEF: Kind(False, _has("limiting", "empowering"), _is_belief),
    heads.CHALLENGE: Kind(
        False, _has(PLAIN["ch"]), lambda row: find_difficulty(row.sentence) is not None
    ),
    heads.COMMITMENT: Kind(False, _has(PLAIN["ac"]), _commits),
    heads.OBSERVATION: Kind(
        False, _has(PLAIN["ob"]), lambda row: find_observation(row.sentence) is not None
    ),
    heads.RECOMMENDATION: Kind(True, _has(PLAIN["re"]), _recommends),
}
# Heads that read what another has found.
WORDED = (*KINDS, heads.AGREEMENT, heads.EMPOWERING)


@dataclass(frozen=True)
class Features:
    """Features of all rows: `dense` (n, 384 + 28 + 1) and presence of grams."""

    dense: Floats
    wording: sparse.csr_matrix
    grams: tuple[str, ...]

    def of(self, rows: NDArray[np.int64], *, worded: bool = True) -> sparse.csr_matrix:
        """Return the features of some rows."""
        dense = sparse.csr_matrix(self.dense[rows] * MEANING_SCALE)
        parts = [self.wording[rows] * WORDING_SCALE, dense] if worded else [dense]
        return sparse.hstack(parts).tocsr()


def read_rows(data: Path) -> list[Row]:
    """Return every labelled sentence."""
    dialogues = [*read_written(), *read_tuning(data)]
    return [Row(d, number) for d in dialogues for number in range(len(d.sentences))]


def measure(rows: Sequence[Row]) -> Features:
    """Read every row with the shipped encoder and count its wording."""
    texts = [row.sentence.own.strip() for row in rows]
    read = shared_encoder().read(texts)
    found = [heads.grams(text) for text in texts]
    common = Counter(gram for row in found for gram in row).items()
    kept = tuple(sorted(gram for gram, count in common if count >= MIN_SENTENCES))
    return Features(_dense(read), _presence(found, {gram: n for n, gram in enumerate(kept)}), kept)


def _dense(read: Readings) -> Floats:
    return np.hstack([read.vectors, read.emotions, read.requests[:, None]])


def _presence(found: Sequence[set[str]], columns: dict[str, int]) -> sparse.csr_matrix:
    """Each row is of unit length, so that a long sentence weighs no more than a short one."""
    matrix = sparse.lil_matrix((len(found), len(columns)), dtype=np.float64)
    for row, present in enumerate(found):
        known = sorted(columns[gram] for gram in present if gram in columns)
        for column in known:
            matrix[row, column] = 1.0 / np.sqrt(len(known))
    return matrix.tocsr()


def folds(rows: Sequence[Row]) -> NDArray[np.int64]:
    """Return the fold of each row; a dialogue is whole in one."""
    names = sorted({row.dialogue.name for row in rows})
    order = np.random.default_rng(SEED).permutation(len(names))
    fold = {names[place]: number % FOLDS for number, place in enumerate(order)}
    return np.array([fold[row.dialogue.name] for row in rows])


def out_of_fold(
    features: Features, chosen: NDArray[np.int64], targets: Bools, fold: NDArray[np.int64]
) -> Floats:
    """Return a score for each chosen row by a head that has not seen its dialogue."""
    scores = np.zeros(len(chosen), np.float32)
    inputs = features.of(chosen)
    for number in range(FOLDS):
        apart = fold[chosen] == number
        fitted = _logistic().fit(inputs[~apart], targets[~apart])
        scores[apart] = fitted.decision_function(inputs[apart])
    return scores


def _logistic() -> LogisticRegression:
    return LogisticRegression(C=STRENGTH, max_iter=4000)


@dataclass(frozen=True)
class Judged:
    """Sentences with their scores out of fold, whether a rule finds them, and the truth."""

    scores: Floats
    rules: Bools
    targets: Bools

    def of(self, chosen: Bools, *, with_rules: bool = True) -> Judged:
        """Return some of them, with the rules switched off where these prove nothing."""
        rules = self.rules[chosen] & with_rules
        return Judged(self.scores[chosen], rules, self.targets[chosen])


def fit_curve(judged: Judged, floor: float = LEAST) -> dict[str, float]:
    """Fit score and rule to a probability, and the least ones for `PRECISION`."""
    inputs, targets = np.column_stack([judged.scores, judged.rules]), judged.targets
    fitted = LogisticRegression(C=10.0).fit(inputs, targets)
    probabilities = fitted.predict_proba(inputs)[:, 1]
    known = least_probability(probabilities[judged.rules], targets[judged.rules])
    return {
        "slope": round(float(fitted.coef_[0, 0]), DIGITS),
        "known": round(float(fitted.coef_[0, 1]), DIGITS),
        "offset": round(float(fitted.intercept_[0]), DIGITS),
        "least": round(max(floor, least_probability(probabilities, targets)), DIGITS),
        "least_known": round(max(LEAST_KNOWN, known), DIGITS),
    }


def least_probability(probabilities: Floats, targets: Bools) -> float:
    """Return the least probability from which on the share of right ones is `PRECISION`."""
    order = np.argsort(-probabilities, kind="stable")
    shares = np.cumsum(targets[order]) / np.arange(1, len(order) + 1)
    enough = np.flatnonzero(shares >= PRECISION)
    return float(probabilities[order][enough[-1]]) if len(enough) else 1.0


def tell(kind: str, rows: str, curve: dict[str, float], judged: Judged) -> dict[str, Any]:
    """Return and print precision and recall at the threshold, and the calibration error."""
    targets = judged.targets
    values = curve["slope"] * judged.scores + curve["known"] * judged.rules + curve["offset"]
    probabilities = 1 / (1 + np.exp(-values))
    told = probabilities >= np.where(judged.rules, curve["least_known"], curve["least"])
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


def calibration_error(probabilities: Floats, targets: Bools, bins: int = 15) -> float:
    """Return the expected calibration error over equal bins (Naeini et al. 2015)."""
    place = np.minimum((probabilities * bins).astype(int), bins - 1)
    gaps = [
        abs(probabilities[place == b].mean() - targets[place == b].mean()) * (place == b).mean()
        for b in np.unique(place)
    ]
    return float(sum(gaps))


def fit_agreement(rows: Sequence[Row], features: Features) -> tuple[Any, Any, Any]:
    """Fit the head for what a client who says yes takes home as his task.

    What he says no to teaches nothing of the kind, so it is left out.
    """
    agreed = [bool(find_assent(row.dialogue.sentences, row.number)) for row in rows]
    chosen = np.array([
        n for n, row in enumerate(rows)
        if row.is_therapist and (agreed[n] or "recommendation" not in row.labels)
    ])  # fmt: skip
    targets = np.array([{"action", "recommendation"} <= rows[n].labels for n in chosen])
    scores = out_of_fold(features, chosen, targets, folds(rows))
    told = [place for place, n in enumerate(chosen) if agreed[n] and not rows[n].is_tuned]
    rules = np.array([
        bool(homework(rows[n].dialogue.sentences, rows[n].number)) for n in chosen[told]
    ])  # fmt: skip
    judged = Judged(scores[told], rules, targets[told])
    curve = fit_curve(judged)
    report = tell(heads.AGREEMENT, "written", curve, judged)
    return _logistic().fit(features.of(chosen), targets), curve, {"written": report}


def promise_curve(rows: Sequence[Row]) -> dict[str, float]:
    """A therapist's promise is found by rule: its share of right ones by the rule of succession."""
    found = [
        "action" in row.labels
        for row in rows
        if row.is_therapist and not row.is_tuned and find_therapist_commitment(row.sentence)
    ]
    share = (sum(found) + 1) / (len(found) + 2)
    print(f"promise        written     found {len(found)}  right {sum(found)}")
    offset = round(float(np.log(share / (1 - share))), DIGITS)
    return {"slope": 0.0, "known": 0.0, "offset": offset, "least": 0.0, "least_known": 0.0}


def fit_kinds(rows: Sequence[Row], features: Features) -> tuple[list[Any], dict[str, Any], Any]:
    """Fit all heads but those that read beliefs; return them with their curves and figures.

    The rules were written from the tuning half, where they therefore prove nothing.
    """
    fitted, curves, report = [], {}, {}
    fold = folds(rows)
    for name, kind in KINDS.items():
        chosen = np.flatnonzero([row.is_therapist == kind.is_therapist for row in rows])
        targets = np.array([kind.is_so(rows[n]) for n in chosen])
        scores = out_of_fold(features, chosen, targets, fold)
        rules = np.array([kind.rule(rows[n]) for n in chosen])
        fresh = ~np.array([rows[n].is_tuned for n in chosen])
        judged = Judged(scores, rules, targets)
        floor = LEAST_RECOMMENDATION if name == heads.RECOMMENDATION else LEAST
        curves[name] = fit_curve(judged.of(fresh), floor)
        report[name] = {
            "written": tell(name, "written", curves[name], judged.of(fresh)),
            "tuning": tell(name, "tuning", curves[name], judged.of(~fresh, with_rules=False)),
        }
        fitted.append(_logistic().fit(features.of(chosen), targets))
    head, curves[heads.AGREEMENT], report[heads.AGREEMENT] = fit_agreement(rows, features)
    fitted.append(head)
    curves[heads.PROMISE] = promise_curve(rows)
    return fitted, curves, report


def fit_beliefs(rows: Sequence[Row], features: Features) -> tuple[list[Any], Any]:
    """Fit the heads that read beliefs: whether empowering, and one for each category."""
    held = np.flatnonzero([bool(row.labels & {"limiting", "empowering"}) for row in rows])
    fold = folds(rows)
    targets = np.array(["empowering" in rows[n].labels for n in held])
    crossed = out_of_fold(features, held, targets, fold)
    right = float(((crossed > 0) == targets).mean())
    fitted = [_logistic().fit(features.of(held), targets)]
    named = np.array([n for n in held if rows[n].dialogue.categories[rows[n].number]])
    themes = np.array([rows[n].dialogue.categories[rows[n].number] for n in named])
    inputs = features.of(named, worded=False)
    guesses = np.empty(len(named), dtype=object)
    for number in range(FOLDS):
        apart = fold[named] == number
        model = _themes().fit(inputs[~apart], themes[~apart])
        guesses[apart] = model.predict(inputs[apart])
    report = {"polarity_right": round(right, 3), "category_right": round(
        float((guesses == themes).mean()), 3), "beliefs": len(held)}  # fmt: skip
    print(f"beliefs        {report}")
    return [*fitted, _themes().fit(inputs, themes)], report


def _themes() -> LogisticRegression:
    return LogisticRegression(C=3.0, max_iter=4000, class_weight="balanced")


def pack(features: Features, fitted: Sequence[Any], curves: dict[str, Any]) -> dict[str, Any]:
    """Return the content of the file from the fitted heads, the categories' model last."""
    *worded, themes = fitted
    count = len(features.grams)
    weights = np.array([model.coef_[0] for model in worded]).T
    wording = np.rint(weights[:count] * WORDING_SCALE * heads.WEIGHT_UNIT).astype(int)
    order = [list(themes.classes_).index(name) for name in CATEGORIES.values()]
    reading = np.hstack([weights[count:], themes.coef_[order].T]) * MEANING_SCALE
    bias = [*(model.intercept_[0] for model in worded), *themes.intercept_[order]]
    return {
        "encoder": shared_encoder().calibration.version,
        "names": [*WORDED, *CATEGORIES.values()],
        "curves": curves,
        "bias": [round(float(value), DIGITS) for value in bias],
        "reading": [[round(float(value), DIGITS) for value in row] for row in reading],
        "wording": {
            gram: row.tolist()
            for gram, row in zip(features.grams, wording, strict=True)
        },
    }  # fmt: skip


def main() -> None:
    """Run the command."""
    parser = argparse.ArgumentParser(prog="python -m infra.models.build_heads")
    parser.add_argument("--data", type=Path, default=Path("../shared/data"))
    parser.add_argument("--out", type=Path, default=Path(str(ARTEFACT)) / heads.HEADS_FILE)
    parser.add_argument("--report", type=Path, default=Path("infra/models/heads_report.json"))
    chosen = parser.parse_args()
    rows = read_rows(chosen.data)
    features = measure(rows)
    fitted, curves, report = fit_kinds(rows, features)
    beliefs, report["beliefs"] = fit_beliefs(rows, features)
    content = pack(features, [*fitted, *beliefs], curves)
    chosen.out.write_text(_lines(content), encoding="utf-8")
    chosen.report.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")


def _lines(content: dict[str, Any]) -> str:
    """JSON with one gram and one row of weights a line, so that a change can be read."""
    parts = []
    for key, value in content.items():
        if key == "wording":
            rows = [f"{json.dumps(gram)}: {json.dumps(row)}" for gram, row in value.items()]
            parts.append(f'"{key}": {{\n' + ",\n".join(rows) + "\n}")
        elif key == "reading":
            parts.append(f'"{key}": [\n' + ",\n".join(map(json.dumps, value)) + "\n]")
        else:
            parts.append(f'"{key}": {json.dumps(value)}')
    return "{\n" + ",\n".join(parts) + "\n}\n"


if __name__ == "__main__":
    main()
