"""What the tasks suite cannot ask of every platform: a Pub/Sub that fails."""

from __future__ import annotations

from typing import Any

import pytest
from google.api_core.exceptions import NotFound, ServiceUnavailable

from shared.adapters.google import tasks as module
from shared.adapters.google.tasks import PubSubTasks
from shared.domain.errors import Unavailable
from tests import emulators


class Publisher:
    def __init__(self, *errors: Exception) -> None:
        self.errors = list(errors)
        self.calls: list[dict[str, Any]] = []

    @staticmethod
    def topic_path(project: str, topic: str) -> str:
        return f"projects/{project}/topics/{topic}"

    def publish(self, *, retry: Any, timeout: float, **call: Any) -> None:
        def attempt() -> None:
            self.calls.append(call)
            if self.errors:
                raise self.errors.pop(0)

        retry(attempt)()


@pytest.fixture
def publisher(monkeypatch: pytest.MonkeyPatch) -> Publisher:
    fake = Publisher()
    monkeypatch.setattr(module, "publisher_client", lambda: fake)
    return fake


def test_message_is_compact_json_of_its_topic(publisher: Publisher) -> None:
    PubSubTasks("p").publish("uploads", {"session_id": "é", "n": 1})
    (call,) = publisher.calls
    assert call["topic"] == "projects/p/topics/uploads"
    assert call["messages"][0].data == '{"session_id":"é","n":1}'.encode()


def test_publishing_is_repeated_until_it_is_taken(publisher: Publisher) -> None:
    publisher.errors = [ServiceUnavailable("x"), ServiceUnavailable("x")]
    PubSubTasks("p").publish("uploads", {})
    assert len(publisher.calls) == 3


def test_lasting_failure_is_unavailable(publisher: Publisher) -> None:
    publisher.errors = [ServiceUnavailable("x")] * 100
    with pytest.raises(Unavailable):
        PubSubTasks("p", timeout_s=0.2).publish("uploads", {})


def test_missing_topic_is_a_fault_of_the_deployment() -> None:
    with emulators.pubsub(), pytest.raises(NotFound):
        PubSubTasks(emulators.new_project()).publish("uploads", {})
