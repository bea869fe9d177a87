"""The description of the socket is what the code sends, and AsyncAPI's own parser accepts it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from infra.asyncapi.__main__ import rendered
from shared.application.read_events import read_events
from shared.contract.live import MESSAGES, Message, Reset
from shared.domain.events import EventType
from shared.live.frames import message_of, reset_message
from tests.integration.conftest import Api, analyzed, api, platform
from tests.node_packages import node

__all__ = ["analyzed", "api", "platform"]

HERE = Path(__file__).parent
DOCUMENT = HERE.parents[1] / "infra" / "asyncapi" / "asyncapi.json"
BY_TYPE = {model.model_fields["type"].annotation.__args__[0]: model for model in MESSAGES}  # type: ignore[union-attr]


def strictly(model: type[Message], message: dict[str, Any]) -> dict[str, Any]:
    """The message as the model reads and writes it: nothing may be missing or left over."""
    return model.model_validate(message).model_dump(mode="json", exclude_unset=True)


def test_committed_files_are_what_the_code_describes() -> None:
    for path, text in rendered().items():
        assert path.read_text("utf-8") == text, "python -m infra.asyncapi"


def test_parser_of_asyncapi_finds_nothing_wrong() -> None:
    found = json.loads(node(HERE, "check.js", str(DOCUMENT)))
    assert found["wrong"] == []
    assert found["parsed"]
    assert set(found["messages"]) == {*BY_TYPE, "greeting"}


def test_every_type_of_event_is_described() -> None:
    assert set(BY_TYPE) == {str(kind) for kind in EventType}


def test_messages_of_an_analysis_are_as_described(api: Api, analyzed: str) -> None:
    events = read_events(api.platform, "ada", analyzed, 0, 500).events
    assert len({event.type for event in events}) >= 7
    for event in events:
        message = json.loads(message_of(event))
        assert strictly(BY_TYPE[message["type"]], message) == message


@pytest.mark.parametrize("seq", [0, 7])
def test_reset_of_expired_history_is_as_described(seq: int) -> None:
    message = json.loads(reset_message("s", seq))
    assert strictly(Reset, message) == message
