"""Writes both clients' wire types from the description of the API: python -m clients.generate."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from . import python, typescript

_CLIENTS: Final = Path(__file__).resolve().parents[1]
_DESCRIPTION: Final = _CLIENTS.parent / "infra" / "openapi" / "openapi.json"
_REFERENCE: Final = re.compile(r'"#/components/schemas/(\w+)"')


_ELEMENTS: Final = ("ActionItem", "Belief", "Challenge", "Emotion", "Insight", "Topic")
# What the clients' methods take and give; whatever these need comes along.
_ROOTS: Final = (
    *_ELEMENTS,
    "AnalysisState",
    "BeginUpload",
    "BegunUpload",
    "CreateSession",
    "EventList",
    "EventTicket",
    "GraphBody",
    "NameSpeaker",
    "Problem",
    "SessionCreated",
    "SessionList",
    "SessionReply",
    "SummaryBody",
    "TranscriptBody",
    "UpdateSession",
    "UploadView",
)


def rendered() -> Mapping[Path, str]:
    """What stands in each generated file."""
    schemas = json.loads(_DESCRIPTION.read_text(encoding="utf-8"))["components"]["schemas"]
    names = sorted(set(_needed(schemas, _ROOTS)))
    wanted = _with_base({name: schemas[name] for name in names})
    return {
        _CLIENTS / "python" / "insight_journey" / "wire.py": python.render(wanted),
        _CLIENTS / "typescript" / "src" / "wire.ts": typescript.render(wanted),
    }


def _needed(schemas: Mapping[str, Any], names: Iterable[str]) -> Iterator[str]:
    for name in names:
        yield name
        yield from _needed(schemas, _REFERENCE.findall(json.dumps(schemas[name])))


def _with_base(schemas: Mapping[str, Any]) -> Mapping[str, Any]:
    """Says once, in `Element`, what all kinds of element share."""
    kinds = [schemas[name]["properties"] for name in _ELEMENTS]
    shared = {name: kind for name, kind in kinds[0].items() if all(name in each for each in kinds)}
    base = {
        "description": "What all kinds of element share.",
        "properties": shared,
        "required": list(shared),
    }
    extended = {name: _extending("Element", base, schemas[name]) for name in _ELEMENTS}
    return dict(sorted({**schemas, **extended, "Element": base}.items()))


def _extending(name: str, base: Mapping[str, Any], schema: Mapping[str, Any]) -> Mapping[str, Any]:
    own = {
        field: value
        for field, value in schema["properties"].items()
        if field not in base["properties"]
    }
    return {**schema, "properties": own, "extends": name}


def main() -> None:
    """Writes the files."""
    for path, text in rendered().items():
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
