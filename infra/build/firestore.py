"""Firestore's rules and indexes go with the code that needs them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from infra.build import commands
from infra.build.cloud import Cloud, CloudFailed, Project

_FOLDER: Final = Path(__file__).resolve().parents[1] / "firestore"
RULES: Final = _FOLDER / "firestore.rules"
INDEXES: Final = _FOLDER / "indexes.json"
# https://firebase.google.com/docs/reference/rules/rest
_API: Final = "https://firebaserules.googleapis.com/v1"


def create_indexes(cloud: Cloud, project: Project) -> None:
    """Builds the composite indexes that are missing; takes none away that old code may need."""
    listed = json.loads(cloud.gcloud(commands.list_indexes(project)))
    there = {_identity(_collection_of(each["name"]), each) for each in listed}
    for index in json.loads(INDEXES.read_text(encoding="utf-8"))["indexes"]:
        if _identity(index["collectionGroup"], index) not in there:
            cloud.gcloud(commands.create_index(project, index))


def released_ruleset(cloud: Cloud, project: Project) -> str:
    """The name of the rules that are in force; empty where there are none."""
    release = cloud.rest("GET", f"{_API}/{_release(project)}")
    return "" if release is None else str(release["rulesetName"])


def release_rules(cloud: Cloud, project: Project, before: str) -> None:
    """Puts the rules of this tree in force, unless they are."""
    content = RULES.read_text(encoding="utf-8")
    if before and _content(cloud, before) == content:
        return
    source = {"files": [{"name": RULES.name, "content": content}]}
    made = cloud.rest("POST", f"{_API}/projects/{project.id}/rulesets", {"source": source})
    if made is None:
        raise CloudFailed("There is no project to make rules in.")
    put_in_force(cloud, project, made["name"], first=not before)


def put_in_force(cloud: Cloud, project: Project, ruleset: str, *, first: bool = False) -> None:
    """Releases a ruleset that there is."""
    release = {"name": _release(project), "rulesetName": ruleset}
    if first:
        cloud.rest("POST", f"{_API}/projects/{project.id}/releases", release)
    else:
        cloud.rest("PATCH", f"{_API}/{_release(project)}", {"release": release})


def _release(project: Project) -> str:
    named = "" if project.database == "(default)" else f"/{project.database}"
    return f"projects/{project.id}/releases/cloud.firestore{named}"


def _content(cloud: Cloud, ruleset: str) -> str:
    files = (cloud.rest("GET", f"{_API}/{ruleset}") or {}).get("source", {}).get("files", [])
    return "".join(file["content"] for file in files)


def _collection_of(name: str) -> str:
    # projects/p/databases/d/collectionGroups/sessions/indexes/i
    return name.split("/collectionGroups/", 1)[1].split("/", 1)[0]


def _identity(collection: str, index: Mapping[str, Any]) -> tuple[object, ...]:
    fields = [
        (field["fieldPath"], field.get("order") or field.get("arrayConfig"))
        for field in index["fields"]
        # Firestore adds the document's name by itself.
        if field["fieldPath"] != "__name__"
    ]
    return (collection, index["queryScope"], *fields)
