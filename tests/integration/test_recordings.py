"""A recording goes the whole way through the real functions, decoder and engine."""

from __future__ import annotations

from pathlib import Path

from tests.integration.conftest import Api
from tests.integration.test_uploads import WAV

RECORDING = Path(__file__).parents[1] / "media" / "three_utterances.ogg"


def state_of(api: Api, session_id: str) -> dict:
    (upload,) = api.read("list_uploads", session_id).json["data"]["uploads"]
    return upload


def test_recording_becomes_a_transcript_that_says_what_is_reliable(api: Api) -> None:
    session_id = api.create(date="2024-03-20T14:30:00Z")
    sent = api.upload(session_id, RECORDING.read_bytes(), "memo.ogg").json["data"]["upload"]
    assert (sent["type"], sent["state"]) == ("audio", "stored")
    api.run_pipeline()
    transcript = api.read("get_transcript", session_id).json["data"]["transcript"]
    assert transcript["complete"]
    first, *others = transcript["segments"]
    assert first["text"] == "the egyptian background of the bondage"
    assert first["reliable"]
    assert 0 < first["start_ms"] < first["end_ms"] < 3_500
    assert {segment["timing"] for segment in transcript["segments"]} == {"exact"}
    assert others
    assert not any(segment["reliable"] for segment in others)
    assert state_of(api, session_id)["state"] == "transcribed"


def test_session_with_poorly_heard_speech_completes_with_a_warning(api: Api) -> None:
    session_id = api.create()
    api.upload(session_id, RECORDING.read_bytes(), "memo.ogg")
    api.run_pipeline()
    analysis = api.read("get_analysis_status", session_id).json["data"]["analysis"]
    assert (analysis["status"], analysis["error"]) == ("completed", None)
    assert [warning["code"] for warning in analysis["warnings"]] == ["speech_unreliable"]
    assert [each["code"] for each in state_of(api, session_id)["warnings"]] == ["speech_unreliable"]


def test_nothing_stays_between_recording_and_transcript(api: Api) -> None:
    session_id = api.create()
    api.upload(session_id, RECORDING.read_bytes(), "memo.ogg")
    api.run_pipeline()
    kept = [blob.path.rsplit("/", 1)[1] for blob in api.platform.transcripts.list("")]
    assert kept == ["transcript.jsonl"]


def test_file_that_only_looks_like_a_recording_fails_with_a_sentence(api: Api) -> None:
    session_id = api.create()
    api.upload(session_id, WAV, "a.wav")
    api.run_pipeline()
    upload = state_of(api, session_id)
    assert upload["state"] == "failed"
    assert upload["error"]["code"] in {"damaged", "no_audio", "truncated", "unsupported"}
    analysis = api.read("get_analysis_status", session_id).json["data"]["analysis"]
    assert (analysis["status"], analysis["error_code"]) == ("failed", upload["error"]["code"])
