"""The committed description is what the table and the models say, and valid."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from openapi_spec_validator import validate

from infra.openapi.document import build, render
from infra.openapi.examples import REPLIES, REQUESTS
from shared.edge.validation import model
from shared.endpoints import API, BY_NAME, ENDPOINTS, Caller

COMMITTED = Path(__file__).resolve().parents[3] / "infra" / "openapi" / "openapi.json"


def test_making_it_again_changes_nothing() -> None:
    assert COMMITTED.read_text(encoding="utf-8") == render(), "run python -m infra.openapi"


def test_it_is_valid_openapi() -> None:
    validate(json.loads(render()))


def test_it_has_every_public_endpoint_and_no_other() -> None:
    told = {
        (method.upper(), API + path)
        for path, operations in build()["paths"].items()
        for method in operations
    }
    public = {(e.method, e.path) for e in ENDPOINTS if e.caller is not Caller.PLATFORM}
    assert told == public


def test_every_operation_tells_how_it_fails() -> None:
    for operations in build()["paths"].values():
        for operation in operations.values():
            statuses = set(operation["responses"])
            assert {"405", "500"} <= statuses
            assert "401" in statuses or operation["security"] == []


@pytest.mark.parametrize("name", REPLIES)
def test_example_replies_are_such(name: str) -> None:
    reply = BY_NAME[name].reply
    assert reply is not None
    told = model(reply).model_validate(REPLIES[name])
    assert told.model_dump(mode="json", by_alias=True) == REPLIES[name]


@pytest.mark.parametrize("name", REQUESTS)
def test_example_requests_are_taken(name: str) -> None:
    body = BY_NAME[name].body
    assert body is not None
    for example in REQUESTS[name].values():
        assert model(body).model_validate(example)
