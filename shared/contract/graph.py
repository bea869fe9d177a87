"""The graph of a session on the wire, as JSON and as GraphML."""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Any, Final, Self
from xml.etree import ElementTree as Xml

from shared.application.read_graph import Graph

from .wire import SuccessReply, Wire

_NAMESPACE: Final = "http://graphml.graphdrawing.org/xmlns"
_SCHEMA: Final = f"{_NAMESPACE} http://graphml.graphdrawing.org/xmlns/1.0/graphml.xsd"
_XSI: Final = "http://www.w3.org/2001/XMLSchema-instance"
# What XML 1.0 cannot hold, section 2.2.
_NOT_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_TYPES: Final[Mapping[type, str]] = {bool: "boolean", int: "long", float: "double", str: "string"}


class GraphFormat(StrEnum):
    """Forms in which a graph can be had."""

    JSON = "json"
    GRAPHML = "graphml"


class GraphQuery(Wire):
    """In which form."""

    format: GraphFormat = GraphFormat.JSON


class NodeView(Wire):
    """The session, a topic or an element."""

    id: str
    kind: str
    label: str
    properties: dict[str, Any]


class EdgeView(Wire):
    """`about` (session to topic), `holds` (session to element), `came_with` (element to topic).

    `quotes` are the words in which both came up.
    """

    source: str
    target: str
    relation: str
    quotes: list[str]


class GraphBody(Wire):
    """The graph that `graphId` names."""

    id: str
    session_id: str
    nodes: list[NodeView]
    edges: list[EdgeView]


class OneGraph(Wire):
    """The graph."""

    graph: GraphBody


class GraphReply(SuccessReply):
    """The graph of a session."""

    data: OneGraph

    @classmethod
    def of(cls, graph: Graph) -> Self:
        """The wire form of `graph`."""
        body = GraphBody(
            id=graph.id,
            session_id=graph.session_id,
            nodes=[
                NodeView(id=n.id, kind=n.kind, label=n.label, properties=dict(n.properties))
                for n in graph.nodes
            ],
            edges=[
                EdgeView(source=e.source, target=e.target, relation=e.relation, quotes=[*e.quotes])
                for e in graph.edges
            ],
        )
        return cls(data=OneGraph(graph=body))


def to_graphml(graph: Graph) -> bytes:
    """`graph` as GraphML (graphml.graphdrawing.org/primer), with every property as an attribute."""
    nodes = [{"kind": n.kind, "label": n.label, **n.properties} for n in graph.nodes]
    edges = [{"relation": e.relation, "quotes": "\n".join(e.quotes)} for e in graph.edges]
    root = Xml.Element("graphml", {"xmlns": _NAMESPACE, "xmlns:xsi": _XSI})
    root.set("xsi:schemaLocation", _SCHEMA)
    keys = {"node": _declare(root, "node", nodes), "edge": _declare(root, "edge", edges)}
    body = Xml.SubElement(root, "graph", id=graph.id, edgedefault="directed")
    for node, values in zip(graph.nodes, nodes, strict=True):
        _write(Xml.SubElement(body, "node", id=node.id), values, keys["node"])
    for edge, values in zip(graph.edges, edges, strict=True):
        _write(
            Xml.SubElement(body, "edge", source=edge.source, target=edge.target),
            values,
            keys["edge"],
        )
    content: bytes = Xml.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


def _declare(root: Xml.Element, domain: str, rows: list[dict[str, Any]]) -> dict[str, str]:
    """Declares each attribute of `rows` once; returns its key by name."""
    kinds: dict[str, set[type]] = {}
    for row in rows:
        for name, value in row.items():
            kinds.setdefault(name, set()).add(type(value))
    keys = {}
    for name, found in kinds.items():
        keys[name] = f"{domain[0]}-{name}"
        typed = _TYPES.get(found.pop(), "string") if len(found) == 1 else "string"
        key = {"id": keys[name], "for": domain, "attr.name": name, "attr.type": typed}
        Xml.SubElement(root, "key", key)
    return keys


def _write(place: Xml.Element, values: Mapping[str, Any], keys: Mapping[str, str]) -> None:
    for name, value in values.items():
        text = str(value).lower() if isinstance(value, bool) else str(value)
        Xml.SubElement(place, "data", key=keys[name]).text = _NOT_XML.sub("\ufffd", text)
