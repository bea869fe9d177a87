"""The graph of a session: which element came with which topic, in which words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.domain.session import Session

from .element_views import View
from .ports import Ports
from .read_session import read_session


@dataclass(frozen=True, slots=True)
class Node:
    """A session, a topic or an element. `kind` is `session`, `topic`, `emotion`, ..."""

    id: str
    kind: str
    label: str
    properties: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Edge:
    """`relation` is `about` (session to topic), `holds` (session to element) or `came_with`.

    Attributes:
        quotes: of `came_with`: the element's words in the segments that it shares with the topic.
    """

    source: str
    target: str
    relation: str
    quotes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Graph:
    """Nodes and edges; every edge joins two of the nodes."""

    id: str
    session_id: str
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]


_LABELS = {
    "emotions": ("emotion", "name"),
    "insights": ("insight", "content"),
    "beliefs": ("belief", "text"),
    "challenges": ("challenge", "text"),
    "action_items": ("action_item", "text"),
}


def read_graph(ports: Ports, owner_id: str, session_id: str) -> Graph:
    """The graph of what clients read of the session.

    A topic is one node however often it came up. An element came with a topic where both have
    evidence in one segment.
    """
    report = read_session(ports, owner_id, session_id)
    topics, topic_segments = _topics(report.elements["topics"])
    nodes = [_session_node(report.session), *topics]
    edges = [Edge(session_id, topic.id, "about") for topic in topics]
    for kind in _LABELS:
        for element in report.elements[kind]:
            nodes.append(_element_node(kind, element))
            edges.append(Edge(session_id, element["id"], "holds"))
            edges.extend(_company(element, topic_segments))
    return Graph(report.session.graph_id, session_id, tuple(nodes), tuple(edges))


def _session_node(session: Session) -> Node:
    return Node(session.id, "session", session.title, {"date": session.date.isoformat()})


def _topics(found: Sequence[View]) -> tuple[list[Node], dict[str, list[str]]]:
    """One node for each topic, and the topics of each segment."""
    nodes: dict[str, Node] = {}
    by_segment: dict[str, list[str]] = defaultdict(list)
    for topic in found:
        key = f"topic:{topic['topic_id']}"
        nodes.setdefault(key, Node(key, "topic", topic["name"], {"category": topic["category"]}))
        for evidence in topic["evidence"]:
            if key not in by_segment[evidence["segment_id"]]:
                by_segment[evidence["segment_id"]].append(key)
    return list(nodes.values()), by_segment


def _element_node(kind: str, element: View) -> Node:
    name, label = _LABELS[kind]
    properties = {
        key: value
        for key, value in element.items()
        if key not in {"id", "evidence", label} and isinstance(value, str | int | float)
    }
    return Node(element["id"], name, element[label], properties)


def _company(element: View, topic_segments: Mapping[str, Sequence[str]]) -> Iterator[Edge]:
    quotes: dict[str, list[str]] = defaultdict(list)
    for evidence in element["evidence"]:
        for topic in topic_segments.get(evidence["segment_id"], ()):
            quotes[topic].append(evidence["quote"])
    for topic, words in quotes.items():
        yield Edge(element["id"], topic, "came_with", tuple(words))
