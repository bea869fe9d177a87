"""The summary of a session through its function."""

from __future__ import annotations

import pytest

from tests.integration.conftest import Api
from tests.integration.test_bad_input import problem

SRT = """1
00:00:04,000 --> 00:00:06,000
Client: I was so sad about it on Monday.

2
00:00:07,000 --> 00:00:09,000
Client: And we went to the lake on that day.
"""


def test_summary_is_dated_and_shows_where_its_sentences_stand(api: Api) -> None:
    session_id = api.create(date="2024-03-20T14:30:00Z")
    api.upload(session_id, SRT.encode(), "week.srt")
    api.run_pipeline()
    answer = api.read("get_summary", session_id)
    body = answer.json["data"]["summary"]
    assert (answer.json["status"], body["session_id"], body["complete"]) == (
        "success",
        session_id,
        True,
    )
    first = body["sentences"][0]
    assert (first["text"], first["rank"]) == ("I was so sad about it on Monday.", 1)
    assert (first["timestamp"], first["start_ms"]) == ("2024-03-20T14:30:04Z", 4_000)
    assert first["evidence"][0]["quote"] == first["text"]
    emotion = api.read("list_emotions", session_id).json["data"]["emotions"][0]
    assert emotion["id"] in first["elements"]
    (point,) = body["arc"]
    assert (point["element_id"], point["name"]) == (emotion["id"], "sadness")
    assert (point["timestamp"], point["timing"]) == ("2024-03-20T14:30:04Z", "exact")
    assert set(point) == {
        *("element_id", "name", "category", "valence", "intensity", "position", "tone", "mood"),
        *("timestamp", "start_ms", "timing"),
    }


def test_summary_is_as_long_as_is_wished(api: Api) -> None:
    session_id = api.create()
    api.upload(session_id, SRT.encode(), "week.srt")
    api.run_pipeline()
    one = api.read("get_summary", session_id, query="?sentences=1").json["data"]["summary"]
    assert [sentence["rank"] for sentence in one["sentences"]] == [1]
    for sentences in ("0", "11", "some"):
        answer = api.read("get_summary", session_id, query=f"?sentences={sentences}")
        problem(answer, 422, "invalid_argument", "sentences")


def test_summary_that_the_client_has_is_not_sent_again(api: Api, analyzed: str) -> None:
    etag = api.read("get_summary", analyzed).headers["ETag"]
    again = api.read("get_summary", analyzed, headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")


@pytest.mark.parametrize("text", ["", "Client: Hm.\n"])
def test_summary_of_a_session_that_says_little_is_empty(api: Api, text: str) -> None:
    session_id = api.create(**({"text": text} if text else {}))
    api.run_pipeline()
    body = api.read("get_summary", session_id).json["data"]["summary"]
    assert (body["sentences"], body["arc"], body["complete"]) == ([], [], bool(text))
