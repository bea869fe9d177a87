"""`firestore.rules` on Google's emulator; what they must allow and deny stands in rules.test.js."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import urllib3

from tests import emulators
from tests.node_packages import node

FOLDER = Path(__file__).parent
RULES = FOLDER.parents[1] / "infra" / "firestore" / "firestore.rules"
# Fewer would mean that part of rules.test.js was not run.
AT_LEAST = 500


@pytest.fixture
def host() -> Iterator[str]:
    with emulators.firestore() as host:
        yield host


def compile_rules(host: str, source: str) -> dict[str, Any]:
    files = [{"name": "firestore.rules", "content": source}]
    url = f"http://{host}/emulator/v1/projects/{emulators.new_project()}:securityRules"
    answer = urllib3.request("PUT", url, json={"rules": {"files": files}})
    assert answer.status == 200, answer.data
    return dict(json.loads(answer.data))


def test_rules_compile_without_a_warning(host: str) -> None:
    assert compile_rules(host, RULES.read_text()) == {}


def test_a_warning_of_the_compiler_would_be_seen(host: str) -> None:
    careless = RULES.read_text().replace(
        "function isOwned() {", "function unused() { return true; }\n    function isOwned() {"
    )
    assert compile_rules(host, careless)["issues"]


def test_rules_allow_the_owner_to_read_and_nothing_else(host: str) -> None:
    environment = {"FIRESTORE_EMULATOR_HOST": host, "RULES": str(RULES)}
    said = node(FOLDER, "--test", "rules.test.js", env=environment)
    passed = re.search(r"^# pass (\d+)$", said, re.MULTILINE)
    assert passed
    assert int(passed.group(1)) >= AT_LEAST
