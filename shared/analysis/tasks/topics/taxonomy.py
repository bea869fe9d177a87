"""The taxonomy of topics: main topics and their sub topics, as versioned data."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from importlib.resources import files
from typing import Any

# What is compared with every sentence, and read by the model when an analyser starts: 2,000 texts
# take about four seconds.
MAX_TEXTS = 2_000
_MAIN_ID = re.compile(r"[a-z][a-z0-9_-]{0,31}")
_SUB_ID = re.compile(r"[a-z][a-z0-9_-]{0,31}\.[a-z0-9][a-z0-9_-]{0,31}")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,31}")
_ANY_TEXT = re.compile(r"(?=.*\w).{1,300}")


@dataclass(frozen=True)
class SubTopic:
    """One sub topic.

    Attributes:
        id: stable (`work.workload`); begins with its main topic's.
        category: name of its main topic.
        least_similarity: cosine below which it is not found, where the engine's own is too low.
    """

    id: str
    name: str
    category: str
    description: str
    examples: tuple[str, ...]
    least_similarity: float = 0.0

    @property
    def texts(self) -> tuple[str, ...]:
        """What a passage is compared with."""
        return (f"{self.name}. {self.description}", *self.examples)


@dataclass(frozen=True)
class Taxonomy:
    """All sub topics of one version, in the order of the data.

    Attributes:
        own: whether it is a deployment's, not the one that ships with the engine.
    """

    version: str
    topics: tuple[SubTopic, ...]
    own: bool = False

    @cached_property
    def by_id(self) -> Mapping[str, SubTopic]:
        """The sub topics by their ids."""
        return {topic.id: topic for topic in self.topics}

    @property
    def mark(self) -> str:
        """What results name it by: its version and a hash of all that it says."""
        told = hashlib.sha256(repr(self.topics).encode()).hexdigest()
        return f"{self.version}-{told[:8]}"


class TaxonomyInvalid(ValueError):
    """The data is no taxonomy; the message says where, and what is wrong there."""


@lru_cache(maxsize=1)
def load_taxonomy() -> Taxonomy:
    """Return the taxonomy that ships with the engine."""
    text = (files("shared.analysis.tasks.topics") / "taxonomy.json").read_text("utf-8")
    return parse_taxonomy(json.loads(text))


def read_taxonomy(content: bytes) -> Taxonomy:
    """Return a deployment's own taxonomy: JSON in the form of `taxonomy.json`.

    With `"extends": true` it is added to the one that ships: a sub topic with an id that is there
    takes its place, and a main topic that is there is only named by its `id`.

    Raises:
        TaxonomyInvalid
    """
    try:
        data = json.loads(content)
    except ValueError:
        raise TaxonomyInvalid("it is not JSON in UTF-8") from None
    given = parse_taxonomy(data)
    known = load_taxonomy().by_id if data.get("extends") else {}
    topics = {**known, **given.by_id}
    texts = sum(len(topic.texts) for topic in topics.values())
    _require(texts <= MAX_TEXTS, "topics", f"hold {texts} texts; {MAX_TEXTS} are allowed")
    return Taxonomy(given.version, tuple(topics.values()), own=True)


def parse_taxonomy(data: Any) -> Taxonomy:
    """Return the taxonomy in `data`, which has the form of `taxonomy.json`.

    Raises:
        TaxonomyInvalid: a field is missing, unknown or not of its form, an id occurs twice, or a
            sub topic's id does not start with its main topic's.
    """
    _require_fields(data, "the taxonomy", {"version", "topics"}, {"about", "extends"})
    version = _text(data, "version", "the taxonomy", _VERSION)
    extends = data.get("extends", False)
    _require(isinstance(extends, bool), "extends", "must be true or false")
    shipped = {t.id.split(".")[0]: t.category for t in load_taxonomy().topics} if extends else {}
    topics = tuple(
        topic
        for place, main in enumerate(_list(data, "topics", "the taxonomy"))
        for topic in _sub_topics(main, f"topics[{place}]", shipped)
    )
    ids = [topic.id for topic in topics]
    twice = sorted({id_ for id_ in ids if ids.count(id_) > 1})
    _require(not twice, "topics", f"hold {', '.join(twice)} twice")
    _require(bool(topics), "topics", "hold no sub topic")
    return Taxonomy(version, topics)


def _sub_topics(main: Any, place: str, shipped: Mapping[str, str]) -> Iterator[SubTopic]:
    id_ = _text(main, "id", place, _MAIN_ID)
    needed = {"id", "topics"} if id_ in shipped else {"id", "topics", "name"}
    _require_fields(main, place, needed, {"name", "description"})
    category = shipped.get(id_) or _text(main, "name", place)
    for number, entry in enumerate(_list(main, "topics", place)):
        yield _sub_topic(entry, f"{place}.topics[{number}]", id_, category)


def _sub_topic(entry: Any, place: str, main_id: str, category: str) -> SubTopic:
    needed = {"id", "name", "description", "examples"}
    _require_fields(entry, place, needed, {"least_similarity"})
    id_ = _text(entry, "id", place, _SUB_ID)
    _require(id_.startswith(f"{main_id}."), place, f"id {id_} does not belong to {main_id}")
    examples = _list(entry, "examples", place)
    for number in range(len(examples)):
        _text(examples, number, f"{place}.examples")
    least = entry.get("least_similarity", 0.0)
    is_share = isinstance(least, int | float) and not isinstance(least, bool) and 0 <= least <= 1
    _require(is_share, f"{place}.least_similarity", "must be a number from 0 to 1")
    name, description = (_text(entry, field, place) for field in ("name", "description"))
    return SubTopic(id_, name, category, description, tuple(examples), float(least))


def _require(holds: bool, place: str, otherwise: str) -> None:
    if not holds:
        raise TaxonomyInvalid(f"{place}: {otherwise}")


def _require_fields(data: Any, place: str, needed: set[str], optional: set[str]) -> None:
    _require(isinstance(data, dict), place, "must be a JSON object")
    missing, unknown = sorted(needed - set(data)), sorted(set(data) - needed - optional)
    _require(not missing, place, f"lacks {', '.join(missing)}")
    _require(not unknown, place, f"has unknown fields: {', '.join(unknown)}")


def _list(data: Mapping[str, Any], field: str, place: str) -> list[Any]:
    found = data[field]
    _require(isinstance(found, list), f"{place}.{field}", "must be a list")
    return list(found)


def _text(data: Any, field: str | int, place: str, form: re.Pattern[str] = _ANY_TEXT) -> str:
    _require(isinstance(field, int) or isinstance(data, dict), place, "must be a JSON object")
    found = data[field] if isinstance(field, int) else data.get(field)
    where = f"{place}[{field}]" if isinstance(field, int) else f"{place}.{field}"
    fits = isinstance(found, str) and form.fullmatch(found) is not None
    _require(fits, where, f"must be text like {form.pattern}")
    return str(found)
