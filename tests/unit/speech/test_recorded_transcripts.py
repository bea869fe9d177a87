from __future__ import annotations

import pytest

from shared.domain.transcript import PassageKind, Role, Timing
from tests.unit.speech.reading import RECORDED, read_recorded, starts, turns

NAMES = sorted(p.name for p in RECORDED.iterdir() if p.suffix != ".ogg" and p.name != "README.md")
MINUTE = 60_000


def of_kind(name: str, kind: PassageKind) -> list[str]:
    transcript = read_recorded(name)
    return [transcript.text[p.start : p.end] for p in transcript.passages if p.kind is kind]


@pytest.mark.parametrize("name", NAMES)
def test_recorded_transcript_has_its_two_speakers_and_their_roles(name: str) -> None:
    roles = {s.label: (s.role, s.basis) for s in read_recorded(name).speakers}
    if name.endswith(".md"):
        assert roles == {
            "Therapist": (Role.THERAPIST, "label"),
            "Alex": (Role.CLIENT, "elimination"),
        }
    else:
        assert roles == {
            "Dr. Harper Torres": (Role.THERAPIST, "label"),
            "Alex": (Role.CLIENT, "label"),
        }


@pytest.mark.parametrize("name", NAMES)
def test_recorded_transcript_keeps_every_spoken_line(name: str) -> None:
    transcript = read_recorded(name)
    spoken = "\n".join(s.text for s in transcript.segments)
    for line in transcript.text.split("\n"):
        _, colon, said = line.partition(": ")
        if colon and not line.startswith(("Date", "Time", "Client", "Prof", "Topic", "Dur", "Anx")):
            assert said.strip() in spoken


def test_clock_times_become_offsets_from_the_first() -> None:
    transcript = read_recorded("clock_times.txt")
    assert starts(transcript)[:2] == [0, 5 * MINUTE]
    assert starts(transcript)[-1] == (2 * 60 + 25) * MINUTE
    assert {s.timing for s in transcript.segments} == {Timing.EXACT}
    assert transcript.segments[0].end_ms == 5 * MINUTE
    assert transcript.segments[-1].end_ms is None


def test_clock_times_header_is_read() -> None:
    transcript = read_recorded("clock_times.txt")
    assert (transcript.title, transcript.date) == ("Session 1/24", "2025-05-01T10:00:00")
    assert transcript.duration_s is None
    assert of_kind("clock_times.txt", PassageKind.HEADER) == [
        "Session 1/24",
        "Date: May 01, 2025",
        "Time: 10:00 AM",
        "Client: Alex (Product Designer)",
        "Professional: Dr. Harper Torres (Licensed Clinical Psychologist)",
    ]


def test_directions_between_turns_are_passages() -> None:
    directions = of_kind("clock_times.txt", PassageKind.DIRECTION)
    assert [d[:15] for d in directions] == ["(They proceed w", "(End of session"]


def test_stamps_on_their_own_lines_time_the_turn_that_follows() -> None:
    transcript = read_recorded("stamps_on_their_own_lines.txt")
    first, second, third = transcript.segments[:3]
    assert (first.start_ms, second.start_ms, second.timing) == (0, 5 * MINUTE, Timing.EXACT)
    assert third.timing is Timing.ESTIMATED
    assert 5 * MINUTE < (third.start_ms or 0) < 30 * MINUTE
    assert second.end_ms == third.start_ms


def test_turn_behind_the_last_stamp_has_no_time() -> None:
    last = read_recorded("stamps_on_their_own_lines.txt").segments[-1]
    assert (last.start_ms, last.end_ms, last.timing) == (None, None, Timing.NONE)


def test_direction_within_a_turn_is_its_aside() -> None:
    transcript = read_recorded("stamps_on_their_own_lines.txt")
    segment = next(s for s in transcript.segments if "How do you feel after that?" in s.text)
    assert segment.text.startswith("Great. I’ll guide you")
    assert [segment.text[a:b] for a, b in segment.asides] == [
        "(Pause for a brief mindfulness exercise)"
    ]
    assert "Pause" not in segment.spoken


def test_silence_with_its_own_stamp_ends_the_turn_before() -> None:
    transcript = read_recorded("silence_between_stamps.txt")
    before = next(s for s in transcript.segments if s.text.startswith("Great. Let"))
    after = next(s for s in transcript.segments if s.text.startswith("How do you feel now"))
    assert (before.end_ms, after.start_ms) == (62 * MINUTE, 63 * MINUTE)
    assert transcript.segments[-1].end_ms == 96 * MINUTE
    assert "(After a minute of silence)" in of_kind(
        "silence_between_stamps.txt", PassageKind.DIRECTION
    )


def test_stamped_end_of_session_is_not_speech() -> None:
    transcript = read_recorded("stamped_end.txt")
    assert of_kind("stamped_end.txt", PassageKind.DIRECTION)[-1] == "End of session"
    assert transcript.segments[-1].end_ms == 95 * MINUTE
    assert all("End of session" not in s.text for s in transcript.segments)


def test_asides_are_blanked_and_offsets_hold() -> None:
    transcript = read_recorded("asides.txt")
    segment = transcript.segments[-1]
    assert segment.text.startswith("(takes a breath, then smiles slightly) Okay.")
    assert segment.spoken.lstrip().startswith("Okay.")
    assert segment.spoken.index("Okay.") == segment.text.index("Okay.")


def test_running_times_stay_as_they_are() -> None:
    transcript = read_recorded("running_times.md")
    assert starts(transcript)[:4] == [0, 6_000, 18_000, 25_000]
    assert transcript.title == "🧠 Therapy Session 1 – Alex"
    assert transcript.duration_s == 1_800
    assert turns(transcript)[1][0] == "Alex"
    assert (
        "Alex",
        "(Pause) Maybe… that something’s not working. That I can’t keep running on fumes.",
    ) in turns(transcript)


def test_paragraphs_of_a_turn_stay_with_their_speaker() -> None:
    transcript = read_recorded("running_times_in_paragraphs.md")
    segment = next(s for s in transcript.segments if s.text.startswith("So here’s what"))
    assert segment.speaker == "Therapist"
    assert segment.text.endswith("Does that feel doable?")
    assert segment.text.count("\n\n") == 3
    assert (segment.start_ms, segment.end_ms) == (495_000, 510_000)
