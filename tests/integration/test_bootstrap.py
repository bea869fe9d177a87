"""How a process starts: from its environment, or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared import bootstrap
from shared.config import Config, ConfigurationError
from shared.endpoints import BY_NAME


@pytest.fixture(autouse=True)
def unused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    bootstrap.use(None)
    monkeypatch.setenv("INSIGHT_DATA_DIR", str(tmp_path))
    yield
    bootstrap.use(None)


def test_a_cloud_function_with_emulators_does_not_start(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("K_SERVICE", "get-session")
    monkeypatch.setenv("FIREBASE_AUTH_EMULATOR_HOST", "localhost:9099")
    with pytest.raises(ConfigurationError, match="FIREBASE_AUTH_EMULATOR_HOST"):
        bootstrap.function("get_session")(lambda call: None)  # type: ignore[arg-type, return-value]


def test_services_come_from_the_environment_once() -> None:
    assert bootstrap.services() is bootstrap.services()
    assert bootstrap.services().config.platform == "embedded"


@pytest.mark.parametrize("platform", ["embedded", "google"])
def test_every_port_is_there_on_either_platform(platform: str, tmp_path: Path) -> None:
    config = Config(
        platform=platform,  # type: ignore[arg-type]
        data_dir=tmp_path,
        analyzer="noop",
        push_audience="a",
        push_service_account="b",
    )
    services = bootstrap.services_for(config)
    ports = ("documents", "uploads", "transcripts", "tasks", "identity", "push_verifier")
    for port in (*ports, "analyzer", "reader"):
        assert getattr(services, port) is getattr(services, port)
    assert services.uploads is not services.transcripts


def test_ids_are_random_letters_and_digits(tmp_path: Path) -> None:
    services = bootstrap.services_for(Config(data_dir=tmp_path))
    ids = {services.new_id() for _ in range(1_000)}
    assert len(ids) == 1_000
    assert all(len(i) == 20 and i.isascii() and i.isalnum() for i in ids)


def test_a_function_has_the_name_of_its_endpoint() -> None:
    for name in ("get_session", "sweep"):
        target = bootstrap.function(name)(lambda call: None)  # type: ignore[arg-type, return-value]
        assert target.__name__ == BY_NAME[name].name
