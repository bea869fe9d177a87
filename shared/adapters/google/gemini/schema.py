"""The form of an answer: as a flat JSON schema for the model, and as models that check it again."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, ValidationInfo

from shared.analysis.tasks.emotions.vocabulary import load_vocabulary

# The ten themes of core beliefs, the thinking traps and the rest that findings are labelled with;
# see `shared/analysis/tasks/beliefs/rules.py`.
CATEGORIES = (
    "Self-Worth",
    "Capability",
    "Belonging",
    "Control",
    "Safety",
    "Deservingness",
    "Others",
    "World View",
    "Future",
    "Purpose",
)
TRAPS = ("fortune telling", "labelling", "overgeneralisation", "should statement")
NO_TRAP = "none"
POLARITIES = ("limiting", "empowering")
ABOUT = ("self", "others", "world", "future")
OBSERVATION, RECOMMENDATION = "observation", "recommendation"
FEELINGS = {feeling.name: feeling for feeling in load_vocabulary().feelings}


class AnswerMalformed(Exception):
    """The answer is not JSON in the schema; it says no more, since the answer holds quotes."""


def _one_of(*allowed: str) -> AfterValidator:
    def check(value: str) -> str:
        if value not in allowed:
            raise ValueError("not in the vocabulary")
        return value

    return AfterValidator(check)


def _known_topic(value: str, info: ValidationInfo) -> str:
    if value not in (info.context or ()):
        raise ValueError("not in the taxonomy")
    return value


class Finding(BaseModel):
    """Words of one segment.

    Attributes:
        segment: id of the segment that the quote is said to stand in.
        quote: the words, as the model copied them.
    """

    model_config = ConfigDict(strict=True, frozen=True, hide_input_in_errors=True)

    segment: str
    quote: str


class EmotionFinding(Finding):
    """A feeling, by its name in the vocabulary."""

    name: Annotated[str, _one_of(*FEELINGS)]


class TopicFinding(Finding):
    """A topic, by its id in the taxonomy."""

    topic: Annotated[str, AfterValidator(_known_topic)]


class BeliefFinding(Finding):
    """A belief with its labels."""

    category: Annotated[str, _one_of(*CATEGORIES)]
    polarity: Annotated[str, _one_of(*POLARITIES)]
    about: Annotated[str, _one_of(*ABOUT)]
    thinking_trap: Annotated[str, _one_of(*TRAPS, NO_TRAP)]


class ActionFinding(Finding):
    """A commitment, or a proposal with the words that agree to it."""

    agreed_segment: str
    agreed_quote: str


class InsightFinding(Finding):
    """What was newly seen, or proposed."""

    type: Literal["observation", "recommendation"]


F = TypeVar("F", bound=Finding)


@dataclass(frozen=True, slots=True)
class Findings:
    """The findings of an answer that have the right form; nothing is known of their truth yet.

    Attributes:
        misshapen: how many had not.
    """

    emotions: Sequence[EmotionFinding] = ()
    topics: Sequence[TopicFinding] = ()
    beliefs: Sequence[BeliefFinding] = ()
    challenges: Sequence[Finding] = ()
    action_items: Sequence[ActionFinding] = ()
    insights: Sequence[InsightFinding] = ()
    misshapen: int = field(default=0, compare=False)


_FORMS: dict[str, type[Finding]] = {
    "emotions": EmotionFinding,
    "topics": TopicFinding,
    "beliefs": BeliefFinding,
    "challenges": Finding,
    "action_items": ActionFinding,
    "insights": InsightFinding,
}


def read_findings(text: str, topics: Collection[str]) -> Findings:
    """Reads an answer; a finding of the wrong form is left out, the others are kept.

    Args:
        topics: ids of the taxonomy that the model was told.

    Raises:
        AnswerMalformed: it is no JSON object with a list for every kind.
    """
    try:
        answer = json.loads(text)
    except (ValueError, RecursionError):
        raise AnswerMalformed from None
    lists = _lists(answer)
    kept: dict[str, Any] = {
        kind: [finding for item in lists[kind] for finding in _shaped(form, item, topics)]
        for kind, form in _FORMS.items()
    }
    misshapen = sum(len(lists[kind]) - len(kept[kind]) for kind in _FORMS)
    return Findings(**kept, misshapen=misshapen)


def _lists(answer: Any) -> Mapping[str, list[Any]]:
    if not isinstance(answer, dict):
        raise AnswerMalformed
    if not all(isinstance(answer.get(kind), list) for kind in _FORMS):
        raise AnswerMalformed
    return answer


def _shaped(form: type[F], item: Any, topics: Collection[str]) -> list[F]:
    try:
        return [form.model_validate(item, context=topics)]
    except ValidationError:
        return []


_TEXT = {"type": "string"}


def _items(**labels: Sequence[str]) -> dict[str, Any]:
    """A list of flat objects; a label that names no values is free text."""
    enums = {
        name: {**_TEXT, "enum": list(values)} if values else _TEXT
        for name, values in labels.items()
    }
    properties = {"segment": _TEXT, "quote": _TEXT, **enums}
    return {
        "type": "array",
        "items": {"type": "object", "properties": properties, "required": list(properties)},
    }


def schema_for(topics: Sequence[str]) -> dict[str, Any]:
    """The schema of an answer, with the taxonomy's ids for topics."""
    properties = {
        "emotions": _items(name=list(FEELINGS)),
        "topics": _items(topic=topics),
        "beliefs": _items(
            category=CATEGORIES, polarity=POLARITIES, about=ABOUT, thinking_trap=(*TRAPS, NO_TRAP)
        ),
        "challenges": _items(),
        "action_items": _items(agreed_segment=(), agreed_quote=()),
        "insights": _items(type=(OBSERVATION, RECOMMENDATION)),
    }
    return {"type": "object", "properties": properties, "required": list(properties)}
