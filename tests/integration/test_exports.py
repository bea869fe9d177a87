"""The transcript as captions and text, and the graph as GraphML."""

from __future__ import annotations

from xml.etree import ElementTree as Xml

from shared.application.read_graph import Edge, Graph, Node
from shared.contract.graph import to_graphml
from tests.integration.conftest import Api
from tests.integration.test_bad_input import problem

SRT = """1
00:00:01,000 --> 00:00:03,500
Therapist: How was your week?

2
00:00:04,000 --> 00:00:06,000
Client: I was sad <on> Monday.

"""
NAMESPACE = {"g": "http://graphml.graphdrawing.org/xmlns"}


def timed(api: Api) -> str:
    session_id = api.create(date="2024-03-20T14:30:00Z")
    assert api.upload(session_id, SRT.encode(), "week.srt").status_code == 201
    api.run_pipeline()
    return session_id


def test_captions_come_back_as_they_were_sent(api: Api) -> None:
    session_id = timed(api)
    srt = api.read("get_transcript", session_id, query="?format=srt")
    assert srt.content_type == "application/x-subrip; charset=utf-8"
    assert srt.text == SRT
    vtt = api.read("get_transcript", session_id, query="?format=vtt")
    assert vtt.content_type == "text/vtt; charset=utf-8"
    assert vtt.text.startswith("WEBVTT\n\n00:00:01.000 --> 00:00:03.500\n<v Therapist>")
    text = api.read("get_transcript", session_id, query="?format=text")
    assert "[00:00:04] Client: I was sad <on> Monday." in text.text


def test_elements_of_timed_words_are_dated(api: Api) -> None:
    session_id = timed(api)
    (emotion,) = api.read("list_emotions", session_id).json["data"]["emotions"]
    assert (emotion["timing"], emotion["start_ms"]) == ("exact", 4_000)
    assert emotion["timestamp"] == "2024-03-20T14:30:04Z"
    hits = {
        "start_time=2024-03-20T14:30:04Z": 1,
        "start_time=2024-03-20T14:30:04.001": 0,
        "end_time=2024-03-20T14:30:04Z": 0,
        "end_time=2024-03-20T16:30:05%2B02:00": 1,
        "end_time=2024-03-20T16:30:05+02:00": 1,
        "category=Sadness": 1,
        "category=joy": 0,
    }
    for query, number in hits.items():
        data = api.read("list_emotions", session_id, query=f"?{query}").json["data"]
        assert len(data["emotions"]) == number, query


def test_captions_are_of_one_upload(api: Api) -> None:
    session_id = timed(api)
    api.upload(session_id, SRT.encode(), "again.srt")
    api.run_pipeline()
    several = api.read("get_transcript", session_id, query="?format=srt")
    problem(several, 409, "conflict", "upload_id")
    uploads = api.read("list_uploads", session_id).json["data"]["uploads"]
    query = f"?format=srt&upload_id={uploads[1]['id']}"
    assert api.read("get_transcript", session_id, query=query).text == SRT


def test_lists_come_a_page_at_a_time(api: Api, analyzed: str) -> None:
    whole = api.read("list_emotions", analyzed).json["data"]["emotions"]
    first = api.read("list_emotions", analyzed, query="?limit=1").json["data"]
    assert first["emotions"] == whole[:1]
    query = f"?limit=1&cursor={first['next_cursor']}"
    second = api.read("list_emotions", analyzed, query=query).json["data"]
    assert (second["emotions"], second["next_cursor"]) == (whole[1:], None)


def test_an_action_item_is_ticked_off_and_opened_again(api: Api, analyzed: str) -> None:
    item = api.read("list_action_items", analyzed).json["data"]["action_items"][0]
    ids = {"session_id": analyzed, "action_item_id": item["id"]}
    for status in ("done", "done", "open"):
        told = api.call("update_action_item", ids=ids, body={"status": status})
        assert told.json["data"]["action_item"] == {**item, "status": status}
    done = api.read("list_action_items", analyzed, query="?status=done").json["data"]
    assert done["action_items"] == []


def test_the_graph_joins_elements_to_topics_in_both_forms(api: Api, analyzed: str) -> None:
    graph = api.read("get_graph", analyzed).json["data"]["graph"]
    assert graph["id"] == api.read("get_session", analyzed).json["graphId"]
    ids = {node["id"] for node in graph["nodes"]}
    assert all({edge["source"], edge["target"]} <= ids for edge in graph["edges"])
    came_with = [edge for edge in graph["edges"] if edge["relation"] == "came_with"]
    assert came_with
    assert all(quote == "sad" for edge in came_with for quote in edge["quotes"])
    response = api.read("get_graph", analyzed, query="?format=graphml")
    assert response.content_type.startswith("application/graphml+xml")
    root = Xml.fromstring(response.get_data())
    nodes = root.findall("g:graph/g:node", NAMESPACE)
    assert {node.get("id") for node in nodes} == ids
    assert len(root.findall("g:graph/g:edge", NAMESPACE)) == len(graph["edges"])


def test_graphml_declares_every_attribute_and_holds_any_text() -> None:
    nodes = (
        Node("s", "session", "a \x00\ufffe & <b>\n", {"valence": -0.5, "done": True}),
        Node("t", "topic", "T", {"valence": 1}),
    )
    content = to_graphml(Graph("g", "s", nodes, (Edge("s", "t", "about", ("one", "two")),)))
    root = Xml.fromstring(content)
    keys = {key.get("id"): key for key in root.findall("g:key", NAMESPACE)}
    used = {data.get("key") for data in root.iter(f"{{{NAMESPACE['g']}}}data")}
    assert used == set(keys)
    assert keys["n-done"].get("attr.type") == "boolean"
    label = root.find("g:graph/g:node/g:data[@key='n-label']", NAMESPACE)
    assert label is not None
    assert label.text == "a \ufffd\ufffd & <b>\n"
