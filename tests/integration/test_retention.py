"""Settings of retention over HTTP: what is taken, what is shown, what is refused."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.conftest import Api
from tests.integration.test_bad_input import problem


@pytest.mark.parametrize(
    ("retention", "field"),
    [
        ([], "settings.retention"),
        ({"recording": "burn"}, "settings.retention.recording"),
        ({"recording": None}, "settings.retention.recording"),
        ({"days": 0}, "settings.retention.days"),
        ({"days": 36_501}, "settings.retention.days"),
        ({"days": 1.5}, "settings.retention.days"),
        ({"days": "30"}, "settings.retention.days"),
        ({"day": 30}, "settings.retention.day"),
    ],
)
def test_settings_of_no_retention_are_refused_with_the_field(
    api: Api, retention: Any, field: str
) -> None:
    body = {"title": "T", "settings": {"retention": retention}}
    problem(api.call("create_session", body=body), 422, "invalid_argument", field)


def test_session_shows_when_it_will_be_deleted(api: Api) -> None:
    settings = {"retention": {"recording": "delete", "days": 30}}
    session_id = api.create(settings=settings)
    session = api.read("get_session", session_id).json
    assert session["settings"] == settings
    delete_at = session["retention"].pop("delete_at")
    assert session["retention"] == {"recording": "delete", "days": 30}
    assert delete_at > session["created_at"]


def test_session_is_kept_for_good_by_default(api: Api) -> None:
    session = api.read("get_session", api.create()).json
    assert session["retention"] == {"recording": "keep", "days": None, "delete_at": None}
