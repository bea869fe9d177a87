from __future__ import annotations

import json
from typing import Any

import pytest

from shared.domain.errors import TranscriptUnreadable
from shared.domain.transcript import Role
from tests.unit.speech.reading import read, turns


def rows(value: Any) -> list[tuple[str | None, str, int | None, int | None]]:
    transcript = read(json.dumps(value))
    assert transcript.format == "json"
    return [(s.speaker, s.text, s.start_ms, s.end_ms) for s in transcript.segments]


SAID = [("A", "How are you?", 0, 1_200), ("B", "Fine, thanks.", 1_300, 2_400)]


@pytest.mark.parametrize(
    "value",
    [
        [
            {"speaker": "A", "text": "How are you?", "start": 0.0, "end": 1.2},
            {"speaker": "B", "text": "Fine, thanks.", "start": 1.3, "end": 2.4},
        ],
        {
            "utterances": [
                {"speaker": "A", "text": "How are you?", "start": 0, "end": 1200},
                {"speaker": "B", "text": "Fine, thanks.", "start": 1300, "end": 2400},
            ]
        },
        {
            "segments": [
                {"name": "A", "content": " How are you? ", "start_ms": 0, "end_ms": 1200},
                {"name": "B", "content": "Fine, thanks.", "start_ms": 1300, "end_ms": 2400},
            ]
        },
        {
            "transcript": [
                {"role": "A", "message": "How are you?", "timestamp": "00:00:00", "duration": 1.2},
                {"role": "B", "message": "Fine, thanks.", "timestamp": "0:01.3", "duration": 1.1},
            ]
        },
        {
            "chunks": [
                {"speaker": {"name": "A"}, "text": "How are you?", "timestamp": [0.0, 1.2]},
                {"speaker": {"name": "B"}, "text": "Fine, thanks.", "timestamp": [1.3, 2.4]},
            ]
        },
        [
            {"speaker": "A", "text": "How are you?", "startTime": "0s", "endTime": "1.200s"},
            {"speaker": "B", "text": "Fine, thanks.", "startTime": "1.3s", "endTime": "2.4s"},
        ],
        [
            {
                "speaker": "A",
                "text": "How are you?",
                "start": "2025-05-01T10:00:00Z",
                "end": "2025-05-01T10:00:01.200Z",
            },
            {
                "speaker": "B",
                "text": "Fine, thanks.",
                "start": "2025-05-01T10:00:01.300Z",
                "end": "2025-05-01T10:00:02.400Z",
            },
        ],
    ],
)
def test_records_of_many_tools_read_alike(value: Any) -> None:
    got = rows(value)
    if isinstance(value, dict) and "transcript" in value:
        got = [(*row[:3], said[3]) for row, said in zip(got, SAID, strict=True)]
    assert got == SAID


def test_whisper_segments_name_nobody() -> None:
    value = {
        "text": " Hi. Yes.",
        "language": "en",
        "segments": [
            {"id": 0, "seek": 0, "start": 0.0, "end": 2, "text": " Hi.", "tokens": [1, 2]},
            {"id": 1, "seek": 0, "start": 2, "end": 4.5, "text": " Yes.", "tokens": [3]},
        ],
    }
    assert rows(value) == [(None, "Hi.", 0, 2_000), (None, "Yes.", 2_000, 4_500)]


def test_aws_items_are_joined_into_turns() -> None:
    def item(word: str, start: float, speaker: str) -> dict[str, Any]:
        return {
            "start_time": str(start),
            "end_time": str(start + 0.3),
            "alternatives": [{"confidence": "0.9", "content": word}],
            "type": "pronunciation",
            "speaker_label": speaker,
        }

    stop = {"alternatives": [{"content": "."}], "type": "punctuation"}
    value = {
        "results": {
            "transcripts": [{"transcript": "Good day. Yes."}],
            "items": [
                item("Good", 0.0, "spk_0"),
                item("day", 0.5, "spk_0"),
                stop,
                item("Yes", 1.5, "spk_1"),
                stop,
            ],
        }
    }
    assert rows(value) == [("spk_0", "Good day.", 0, 800), ("spk_1", "Yes.", 1_500, 1_800)]


def test_google_words_are_joined_into_turns() -> None:
    words = [
        {"word": "hi", "startTime": "0s", "endTime": "0.4s", "speakerTag": 1},
        {"word": "yes", "startTime": "1.200s", "endTime": "1.4s", "speakerTag": 2},
    ]
    value = {"results": [{"alternatives": [{"transcript": "hi yes", "words": words}]}]}
    assert rows(value) == [("Speaker 1", "hi", 0, 400), ("Speaker 2", "yes", 1_200, 1_400)]


def test_monologues_of_words_are_joined() -> None:
    value = {
        "monologues": [
            {
                "speaker": 0,
                "elements": [
                    {"type": "text", "value": "Hi", "ts": 0.1, "end_ts": 0.3},
                    {"type": "punct", "value": ", "},
                    {"type": "text", "value": "there", "ts": 0.4, "end_ts": 0.6},
                    {"type": "punct", "value": "."},
                ],
            },
            {"speaker": 1, "elements": [{"type": "text", "value": "Yes"}]},
        ]
    }
    assert [row[:2] for row in rows(value)] == [("Speaker 0", "Hi, there."), ("Speaker 1", "Yes")]


def test_lines_of_json_are_records() -> None:
    text = '{"speaker": "A", "text": "Hi"}\n{"speaker": "B", "text": "Ho"}\n'
    assert turns(read(text)) == [("A", "Hi"), ("B", "Ho")]


def test_text_within_json_is_read_like_any_text() -> None:
    assert turns(read(json.dumps({"transcript": "T: Hi\nC: Ho"}))) == [("T", "Hi"), ("C", "Ho")]


def test_role_beside_a_name_is_the_role() -> None:
    value = [{"speaker": "Kim", "role": "client", "text": "a"}, {"speaker": "Lee", "text": "b"}]
    assert read(json.dumps(value)).segments[0].role is Role.CLIENT


def test_title_date_and_duration_are_read() -> None:
    value = {
        "title": "Third",
        "date": "2025-05-01",
        "duration": 1800,
        "segments": [{"speaker": "A", "text": "hm"}],
    }
    transcript = read(json.dumps(value))
    assert (transcript.title, transcript.date) == ("Third", "2025-05-01")
    assert transcript.duration_s == 1_800


@pytest.mark.parametrize("time", [-1, float("nan"), float("inf"), 1e300, 10**400, True, {}, []])
def test_impossible_times_are_no_times(time: Any) -> None:
    text = json.dumps([{"speaker": "A", "text": "hm", "start": time}])
    assert read(text).segments[0].start_ms is None


def test_empty_records_hold_no_transcript() -> None:
    with pytest.raises(TranscriptUnreadable) as caught:
        read('[{"speaker": "A", "text": "  "}]')
    assert caught.value.reason in {"empty", "malformed"}
