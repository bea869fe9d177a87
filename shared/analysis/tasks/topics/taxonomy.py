"""The taxonomy of topics: main topics and their sub topics, as versioned data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any


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
    """All sub topics of one version, in the order of the data."""

    version: str
    topics: tuple[SubTopic, ...]


@lru_cache(maxsize=1)
def load_taxonomy() -> Taxonomy:
    """Return the taxonomy that ships with the engine."""
    text = (files("shared.analysis.tasks.topics") / "taxonomy.json").read_text("utf-8")
    return parse_taxonomy(json.loads(text))


def parse_taxonomy(data: Mapping[str, Any]) -> Taxonomy:
    """Return the taxonomy in `data`, which has the form of `taxonomy.json`.

    Raises:
        ValueError: an id occurs twice, or a sub topic's id does not start with its main topic's.
    """
    topics = tuple(
        SubTopic(
            id=entry["id"],
            name=entry["name"],
            category=main["name"],
            description=entry["description"],
            examples=tuple(entry["examples"]),
            least_similarity=entry.get("least_similarity", 0.0),
        )
        for main in data["topics"]
        for entry in _owned(main)
    )
    if len({topic.id for topic in topics}) < len(topics):
        raise ValueError("a topic id occurs twice")
    return Taxonomy(data["version"], topics)


def _owned(main: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    for entry in main["topics"]:
        if not entry["id"].startswith(f"{main['id']}."):
            raise ValueError(f"topic {entry['id']} does not belong to {main['id']}")
    return list(main["topics"])
