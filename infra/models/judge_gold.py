"""Judge the analyser by the gold set: precision and recall of each kind, sentence by sentence.

    python -m infra.models.judge_gold --data ../shared/data [--part tuning] [--errors]

A sentence counts as found for a kind when an element of that kind has evidence in it; an emotion
counts with its name. Where the client says yes to a proposal, his words count where they are
labelled and for neither side where they are not. Agreement of the two labellings is Cohen's kappa
(Cohen 1960).
"""

from __future__ import annotations

import argparse
import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from shared.analysis.engine import LocalAnalyzer
from shared.analysis.sentences import split_sentences
from shared.domain.elements import Element, Elements, Emotion, Evidence, Insight
from shared.domain.transcript import Role, Transcript
from shared.domain.window import cut_windows
from shared.speech.reader import TextTranscriptReader

GOLD = Path(__file__).parent / "gold"

# The gold set labels no due dates, so any day will do.
_SESSION_DATE = datetime(2025, 5, 1, tzinfo=UTC)

_PARTS = ("tuning", "held_out")

Label = Mapping[str, Any]
# A finding: the sentence's id and what was found in it.
Finding = tuple[str, str]

_LABELLED: dict[str, Callable[[Label], Sequence[str]]] = {
    "emotions": lambda label: label["emotions"],
    "beliefs": lambda label: ["belief"] if label["belief"] else [],
    "challenges": lambda label: ["challenge"] if label["challenge"] else [],
    "action_items": lambda label: ["action"] if label["action"] else [],
    "insights": lambda label: [label["insight"]] if label["insight"] else [],
}


def main() -> None:
    """Prints agreement, then precision and recall on each part of the gold set."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--data", type=Path, required=True, help="folder that holds transcripts/")
    parser.add_argument("--part", choices=(*_PARTS, "all"), default="all")
    parser.add_argument("--errors", action="store_true", help="print every wrong and missed one")
    given = parser.parse_args()
    sentences = _lines("sentences.jsonl")
    gold = {label["id"]: label for label in _lines("gold.jsonl")}
    _print_agreement(sentences)
    read = [s for s in sentences if given.part in ("all", s["split"])]
    found = _found(given.data / "transcripts", read, gold)
    for part in _PARTS if given.part == "all" else (given.part,):
        judged = [s for s in sentences if s["split"] == part]
        _print_part(part, {s["id"] for s in judged}, gold, found)
        if given.errors:
            _print_errors(judged, gold, found)


def _lines(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (GOLD / name).read_text().splitlines()]


def _found(
    folder: Path, sentences: Sequence[Label], gold: Mapping[str, Label]
) -> dict[str, set[Finding]]:
    """What the analyser finds in the transcripts of `sentences`, by kind."""
    analyzer, found = LocalAnalyzer(), defaultdict[str, set[Finding]](set)
    for name in sorted({s["id"].split(":")[0] for s in sentences}):
        [path] = folder.glob(f"{name}.*")
        transcript = TextTranscriptReader().read(
            path.read_bytes(), filename=path.name, upload_id=name
        )
        places = _places(name, transcript)
        for window in cut_windows(transcript.segments):
            for kind, finding in _findings(analyzer.analyze(window, _SESSION_DATE), places, gold):
                found[kind].add(finding)
    return found


@dataclass(frozen=True)
class Place:
    """Where a sentence of the gold set stands in its segment."""

    start: int
    end: int
    sentence_id: str
    role: Role

    def meets(self, evidence: Evidence) -> bool:
        """Whether words of the evidence stand in the sentence."""
        return self.start < evidence.end and evidence.start < self.end


def _places(name: str, transcript: Transcript) -> dict[str, list[Place]]:
    """By segment id, the places of its sentences."""
    places = defaultdict[str, list[Place]](list)
    for sentence in split_sentences(transcript.segments):
        segment = sentence.segment
        sentence_id = f"{name}:{segment.start + sentence.start}"
        places[segment.id].append(Place(sentence.start, sentence.end, sentence_id, segment.role))
    return places


def _findings(
    elements: Elements, places: Mapping[str, Sequence[Place]], gold: Mapping[str, Label]
) -> Iterator[tuple[str, Finding]]:
    for kind in _LABELLED:
        for element in getattr(elements, kind):
            for number, evidence in enumerate(element.evidence):
                for place in places[evidence.segment_id]:
                    finding = (place.sentence_id, _name(kind, element))
                    if place.meets(evidence) and (
                        number == 0 or _counts(kind, finding, place, gold)
                    ):
                        yield kind, finding


def _counts(kind: str, finding: Finding, place: Place, gold: Mapping[str, Label]) -> bool:
    """Whether a further evidence counts: the bare yes beside a proposal does not."""
    labelled = finding[0] in gold and finding[1] in _LABELLED[kind](gold[finding[0]])
    return labelled or kind != "action_items" or place.role is Role.THERAPIST


def _name(kind: str, element: Element) -> str:
    if isinstance(element, Emotion):
        return element.name
    if isinstance(element, Insight):
        return element.type
    return {"beliefs": "belief", "challenges": "challenge", "action_items": "action"}[kind]


def _print_part(
    part: str, ids: set[str], gold: Mapping[str, Label], found: Mapping[str, set[Finding]]
) -> None:
    print(f"\n{part}: {len(ids)} sentences")
    print(f"{'kind':<14}{'labelled':>9}{'found':>7}{'right':>7}{'precision':>11}{'recall':>8}")
    totals = [0, 0, 0]
    for kind, labelled in _LABELLED.items():
        true = {(i, name) for i in ids for name in labelled(gold[i])}
        claimed = {finding for finding in found[kind] if finding[0] in ids}
        counts = [len(true), len(claimed), len(true & claimed)]
        totals = [total + count for total, count in zip(totals, counts, strict=True)]
        _print_row(kind, *counts)
    _print_row("all", *totals)


def _print_row(kind: str, labelled: int, found: int, right: int) -> None:
    precision, recall = right / max(found, 1), right / max(labelled, 1)
    print(f"{kind:<14}{labelled:>9}{found:>7}{right:>7}{precision:>11.2f}{recall:>8.2f}")


def _print_errors(
    sentences: Sequence[Label], gold: Mapping[str, Label], found: Mapping[str, set[Finding]]
) -> None:
    for sentence in sentences:
        for kind, labelled in _LABELLED.items():
            true = set(labelled(gold[sentence["id"]]))
            claimed = {name for i, name in found[kind] if i == sentence["id"]}
            for sign, names in (("wrong ", claimed - true), ("missed", true - claimed)):
                for name in sorted(names):
                    print(f"{sign} {kind}/{name} {sentence['id']}: {sentence['text']}")


def _print_agreement(sentences: Sequence[Label]) -> None:
    first, second = _lines("labels_a.jsonl"), _lines("labels_b.jsonl")
    print("agreement of the two labellings (kappa)")
    for kind, labelled in _LABELLED.items():
        pairs = [
            (tuple(sorted(labelled(a))), tuple(sorted(labelled(b))))
            for a, b, s in zip(first, second, sentences, strict=True)
            if s["speaker"] == "client" or kind in ("action_items", "insights")
        ]
        print(f"{kind:<14}{_kappa(pairs):>6.2f}")


def _kappa(pairs: Sequence[tuple[object, object]]) -> float:
    observed = sum(a == b for a, b in pairs) / len(pairs)
    values = {value for pair in pairs for value in pair}
    left, right = [a for a, _ in pairs], [b for _, b in pairs]
    chance = sum(left.count(v) * right.count(v) for v in values) / len(pairs) ** 2
    return (observed - chance) / (1 - chance)


if __name__ == "__main__":
    main()
