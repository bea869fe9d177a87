"""What the model is told: the instruction, which no transcript touches, and the data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any

from shared.adapters.google.gemini.schema import CATEGORIES, TRAPS, schema_for
from shared.analysis.tasks.emotions.vocabulary import load_vocabulary
from shared.analysis.tasks.topics.taxonomy import Taxonomy
from shared.domain.transcript import Segment
from shared.domain.window import Window

PROMPT = "prompt-1"
_ASK = "The mark is {mark}. Read the transcript between the marks.\n{mark}\n{data}\n{mark}"
REPAIR_CUT_OFF = (
    "An earlier answer was cut off for its length. Give at most eight findings of each kind, the"
    " plainest ones, with short quotes."
)
REPAIR_MALFORMED = "An earlier answer was not JSON in the given schema. Answer in the schema only."
_MARK_CHARS = 32


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to the model.

    Attributes:
        data: the transcript between its marks.
        taxonomy: whose topics the model is told.
        repair: what was wrong with an earlier answer, in our words; None at first.
    """

    data: str
    taxonomy: Taxonomy
    repair: str | None = None

    @property
    def parts(self) -> list[str]:
        """The parts of the user's message."""
        return [self.data] if self.repair is None else [self.data, self.repair]


@lru_cache(maxsize=1)
def instruction(taxonomy: Taxonomy) -> str:
    """The system instruction, with the vocabularies in it."""
    text = (files("shared.adapters.google.gemini") / f"{PROMPT}.md").read_text("utf-8")
    return text.format(
        emotions=", ".join(f"`{feeling.name}`" for feeling in load_vocabulary().feelings),
        topics="\n".join(
            f"- `{topic.id}`: {topic.name}. {topic.description}" for topic in taxonomy.topics
        ),
        categories=", ".join(f"`{category}`" for category in CATEGORIES),
        traps=", ".join(f"`{trap}`" for trap in TRAPS),
    )


@lru_cache(maxsize=1)
def answer_schema(taxonomy: Taxonomy) -> dict[str, Any]:
    """The schema that an answer must have."""
    return schema_for([topic.id for topic in taxonomy.topics])


@lru_cache(maxsize=1)
def prompt_version(taxonomy: Taxonomy) -> str:
    """The prompt's name with a hash of all that the model is told besides the transcript."""
    schema = json.dumps(answer_schema(taxonomy))
    told = [instruction(taxonomy), schema, _ASK, REPAIR_CUT_OFF, REPAIR_MALFORMED]
    return f"{PROMPT}-{hashlib.sha256(chr(0).join(told).encode()).hexdigest()[:12]}"


def ask_for(window: Window, taxonomy: Taxonomy) -> Ask:
    """The request for a window: JSON between two marks that nothing within it can hold.

    The mark is a hash of the data, so that the same window makes the same request, and still
    nobody can write it into the data: that takes a text which holds its own hash.
    """
    data = json.dumps(
        {
            "before": list(_render("b", window.before)),
            "segments": list(_render("s", window.segments)),
            "after": list(_render("a", window.after)),
        },
        ensure_ascii=False,
        separators=(",", ":"),
    )
    mark = hashlib.sha256(f"{prompt_version(taxonomy)}\n{data}".encode()).hexdigest()[:_MARK_CHARS]
    return Ask(_ASK.format(mark=mark, data=data), taxonomy)


def segments_by_id(window: Window) -> dict[str, Segment]:
    """The segments that a finding may point into, by the ids that the model is given."""
    return {
        f"{letter}{number}": segment
        for letter, segments in (("s", window.segments), ("a", window.after))
        for number, segment in enumerate(segments)
    }


def _render(letter: str, segments: Sequence[Segment]) -> Iterator[dict[str, str]]:
    # Speakers' names and our own ids are nothing that the model needs.
    for number, segment in enumerate(segments):
        yield {"id": f"{letter}{number}", "role": str(segment.role), "text": segment.text}
