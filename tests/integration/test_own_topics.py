"""A deployment's own topics, from the environment to what a client reads."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

import pytest

from shared import bootstrap
from shared.config import Config
from tests.integration.conftest import Api, NamedIdentity

TEXT = (
    "Therapist: What is on your mind?\n"
    "Client: I don't know what I believe in any more, and I have stopped praying.\n"
)
OWN = {
    "version": "clinic-1",
    "extends": True,
    "topics": [
        {
            "id": "faith",
            "name": "Faith",
            "topics": [
                {
                    "id": "faith.doubt",
                    "name": "Doubt",
                    "description": "Losing or questioning one's faith.",
                    "examples": ["I don't know what I believe in any more."],
                }
            ],
        }
    ],
}


class Local(bootstrap.EmbeddedServices):
    """The embedded platform with sign-in by name and the local analyser."""

    @cached_property
    def identity(self) -> NamedIdentity:  # type: ignore[override]
        return NamedIdentity()


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[Api]:
    path = tmp_path / "topics.json"
    path.write_text(json.dumps(OWN), encoding="utf-8")
    environment = {"INSIGHT_DATA_DIR": str(tmp_path / "data"), "INSIGHT_TAXONOMY": str(path)}
    given = Local(Config.from_environment(environment))
    bootstrap.use(given)
    yield Api(given)  # type: ignore[arg-type]
    bootstrap.use(None)


def test_topics_of_a_deployment_are_found_listed_and_filtered(clinic: Api) -> None:
    session_id = clinic.create(text=TEXT)
    clinic.run_pipeline()
    found = clinic.read("list_topics", session_id, query="?category=Faith").json["data"]["topics"]
    (topic,) = found
    assert (topic["topic_id"], topic["name"]) == ("faith.doubt", "Doubt")
    assert "+topics.clinic-1-" in topic["version"]
    assert topic["evidence"][0]["quote"] in TEXT
    nodes = clinic.read("get_graph", session_id).json["data"]["graph"]["nodes"]
    assert "topic:faith.doubt" in {node["id"] for node in nodes}
