"""What must be the same in every analysis of the same text, and what may never be."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from infra.demo.client import Client

KINDS = ("emotions", "topics", "insights", "beliefs", "challenges", "action_items")
_LABELS = ("name", "content", "text")

Finding = tuple[str, str, tuple[tuple[str, int, int, int | None], ...]]


def findings(session: Mapping[str, Any]) -> Counter[Finding]:
    """The elements of a session without their ids, which differ from session to session."""
    return Counter(finding(kind, element) for kind in KINDS for element in session[kind])


def finding(kind: str, element: Mapping[str, Any]) -> Finding:
    """What was found, and in which words."""
    label = next(str(element[name]) for name in _LABELS if name in element)
    evidence = [(e["quote"], e["start"], e["end"], e["start_ms"]) for e in element["evidence"]]
    return kind, label, tuple(evidence)


def faults(
    session: Mapping[str, Any], events: Sequence[Mapping[str, Any]], expected: Counter[Finding]
) -> list[str]:
    """What is wrong with a session, in words; nothing if all is well."""
    found = findings(session)
    told = Counter(_element_ids(events))
    kept = Counter(element["id"] for kind in KINDS for element in session[kind])
    checks = {
        f"analysis_status is {session['analysis_status']}": session["analysis_status"] != "success",
        f"lost {(expected - found).total()} elements": bool(expected - found),
        f"{(found - expected).total()} elements too many": bool(found - expected),
        "an element stands twice in the session": any(n > 1 for n in kept.values()),
        "an element was told twice": any(n > 1 for n in told.values()),
        "the events tell other elements than the session has": set(told) != set(kept),
        "the numbers of the events have gaps": [e["id"] for e in events]
        != list(range(1, len(events) + 1)),
    }
    return [fault for fault, holds in checks.items() if holds]


def faults_of(client: Client, session_id: str, expected: Counter[Finding]) -> list[str]:
    """`faults` of a session as a client reads it."""
    return faults(client.session(session_id), client.all_events(session_id), expected)


def _element_ids(events: Sequence[Mapping[str, Any]]) -> list[str]:
    new = [event for event in events if event["type"].startswith("new_")]
    return [event["data"][event["type"].removeprefix("new_")]["id"] for event in new]
