"""The service in processes of its own, one for all tests that leave it standing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.demo.client import Client
from infra.demo.service import Service

# Where pages come from that may call the service beside its own.
PAGES_ORIGIN = "http://app.example"


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    environment = {"INSIGHT_CORS_ORIGINS": PAGES_ORIGIN}
    # `make test TESTS=tests/e2e PLATFORM=google` runs them on the emulators.
    platform = ("--platform", os.environ.get("E2E_PLATFORM", "embedded"))
    data = tmp_path_factory.mktemp("service")
    with Service(data, environment=environment, arguments=platform) as running:
        yield running


@pytest.fixture
def client(service: Service) -> Client:
    client = Client(service.origin)
    client.sign_up()
    return client


@pytest.fixture(scope="session")
def transcript() -> Path:
    return Path(__file__).parents[2] / "infra" / "demo" / "session.txt"
