"""Generated requests, valid and invalid, against the description: no answer it does not tell of."""

from __future__ import annotations

import json
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from infra.local.routing import ROOT, Functions
from shared.endpoints import ENDPOINTS, Caller
from tests.integration.conftest import TEXT, Api, Platform

CHECKS = [
    not_a_server_error,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
]
DOCUMENT = json.loads((ROOT / "infra" / "openapi" / "openapi.json").read_text(encoding="utf-8"))
OPERATIONS = [o["operationId"] for path in DOCUMENT["paths"].values() for o in path.values()]


@pytest.mark.parametrize("name", OPERATIONS)
def test_answers_are_those_that_the_description_tells(platform: Platform, name: str) -> None:
    functions = Functions(e for e in ENDPOINTS if e.caller is not Caller.PLATFORM)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", functions)
    operation = schema.find_operation_by_id(name)
    api = Api(platform)
    session_id = api.create(text=TEXT)
    api.run_pipeline()

    @given(case=operation.as_strategy(), is_there=st.booleans())
    @settings(
        max_examples=12,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    def send(case: Any, is_there: bool) -> None:
        if is_there:
            case.path_parameters = {**case.path_parameters, "session_id": session_id}
        case.headers["Authorization"] = "Bearer token-of-ada"
        case.call_and_validate(checks=CHECKS)

    send()
