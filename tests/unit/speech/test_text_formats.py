from __future__ import annotations

import pytest

from shared.domain.errors import TranscriptUnreadable
from shared.domain.transcript import PassageKind, Role
from tests.unit.speech.reading import read, starts, turns


def test_role_labels_without_times_make_turns() -> None:
    transcript = read("Therapist: Hello\nClient: Hi\nTherapist: How are you?")
    assert turns(transcript) == [
        ("Therapist", "Hello"),
        ("Client", "Hi"),
        ("Therapist", "How are you?"),
    ]
    assert starts(transcript) == [None, None, None]


@pytest.mark.parametrize(
    "labels", ["T C", "T P", "Th Pt", "THERAPIST CLIENT", "T1 P1", "C P", "C1 P1"]
)
def test_single_letters_name_roles(labels: str) -> None:
    therapist, client = labels.split()
    transcript = read(f"{therapist}: How are you?\n{client}: Fine.\n")
    assert [s.role for s in transcript.segments] == [Role.THERAPIST, Role.CLIENT]


def test_label_on_its_own_line_holds_for_the_lines_below() -> None:
    transcript = read("Therapist:\nHow are you?\n\nClient:\nFine.\nI think.")
    assert turns(transcript) == [("Therapist", "How are you?"), ("Client", "Fine. I think.")]


def test_label_with_time_behind_it_is_read() -> None:
    text = "Speaker 1  0:06\nHello there.\n\nSpeaker 2  0:12\nHi.\n\nSpeaker 1 (00:20): And?"
    transcript = read(text)
    assert turns(transcript) == [
        ("Speaker 1", "Hello there."),
        ("Speaker 2", "Hi."),
        ("Speaker 1", "And?"),
    ]
    assert starts(transcript) == [6_000, 12_000, 20_000]


def test_time_between_label_and_colon_is_read() -> None:
    transcript = read("T 00:05: How was it?\nAnna 00:09: Fine.\nT 00:15: And then?\n")
    assert turns(transcript) == [("T", "How was it?"), ("Anna", "Fine."), ("T", "And then?")]
    assert starts(transcript) == [5_000, 9_000, 15_000]


def test_time_before_a_colon_in_a_diary_is_no_label() -> None:
    transcript = read("I got up at 10:05: it was late.\nAt 11:10: nothing.\nI sat.\n")
    assert {(s.speaker, s.start_ms) for s in transcript.segments} == {(None, None)}


@pytest.mark.parametrize("space", [": ", ":\n\t"])
def test_chat_of_a_video_call_names_who_wrote(space: str) -> None:
    transcript = read(
        f"00:05:12\t From Alex Kim to Everyone{space}Hello there\n"
        f"00:05:40\t From Dr. Lee to Alex Kim(Direct Message){space}How are you?\n"
    )
    assert turns(transcript) == [("Alex Kim", "Hello there"), ("Dr. Lee", "How are you?")]
    assert starts(transcript) == [312_000, 340_000]


def test_child_and_parent_beside_a_therapist_are_both_clients() -> None:
    transcript = read("T: How was it?\nC: I was sad.\nP: I worry about it.\n")
    assert [s.role for s in transcript.segments] == [Role.THERAPIST, Role.CLIENT, Role.CLIENT]


def test_alias_is_the_person_who_introduced_it() -> None:
    transcript = read(
        "00:00 — Therapist (T): Hi.\n00:06 — Alex (A): Hey.\n00:09 — T: So?\n00:12 — A: So."
    )
    assert [s.speaker for s in transcript.segments] == ["Therapist", "Alex"] * 2


def test_names_of_two_people_talking_are_labels() -> None:
    assert [s for s, _ in turns(read("Anna: Hi there.\nBen: Hello."))] == ["Anna", "Ben"]


def test_words_before_a_colon_are_no_speakers() -> None:
    text = "[00:01] Ann: Listen: it is late.\nRemember: breathe.\n[00:09] Bo: One thing: no."
    assert turns(read(text)) == [
        ("Ann", "Listen: it is late. Remember: breathe."),
        ("Bo", "One thing: no."),
    ]


def test_header_words_are_no_speakers() -> None:
    text = "Date: 2025-05-01\nTime: 10:00\nMood: low\nLocation: online\n\nT: Hi.\nC: Hello."
    transcript = read(text)
    assert {s.label for s in transcript.speakers} == {"T", "C"}
    assert transcript.date == "2025-05-01T10:00:00"


def test_header_may_name_people_with_the_words_that_label_turns() -> None:
    text = "Therapist: Dr. Lee\nClient: Sam\n\nTherapist: How was it?\nClient: Fine."
    assert turns(read(text)) == [("Therapist", "How was it?"), ("Client", "Fine.")]


def test_markdown_labels_headings_and_quotes_are_read() -> None:
    text = (
        "# Session 3\n\n**Therapist:** How are you?\n\n**Client**: Fine.\n\n> more\n> lines\n\n"
        "## Later\n\n**Therapist:** And now?\n"
    )
    transcript = read(text)
    assert (transcript.format, transcript.title) == ("markdown", "Session 3")
    assert [s.speaker for s in transcript.segments] == ["Therapist", "Client", "Therapist"]
    assert transcript.segments[1].spoken.split() == ["Fine.", "more", "lines"]
    headers = [p for p in transcript.passages if p.kind is PassageKind.HEADER]
    assert [transcript.text[p.start : p.end] for p in headers] == ["# Session 3", "## Later"]


def test_headings_that_recur_are_labels() -> None:
    text = "### Therapist\n\nHow are you?\n\n### Client\n\nFine.\n\n### Therapist\n\nGood.\n"
    assert [s for s, _ in turns(read(text))] == ["Therapist", "Client", "Therapist"]


def test_filename_only_tells_markdown_from_text() -> None:
    assert read("T: a\nC: b", "notes.md").format == "markdown"
    assert read('[{"speaker": "A", "text": "b"}]', "notes.srt").format == "json"


def test_diary_is_one_writer_taken_for_the_client() -> None:
    text = "Monday, 3 May 2025\n\nI woke up late.\nIt rained.\n\nNote: buy milk. Mum said: no."
    transcript = read(text)
    assert [s.text for s in transcript.segments] == [
        "I woke up late.",
        "It rained.",
        "Note: buy milk. Mum said: no.",
    ]
    (writer,) = transcript.speakers
    assert (writer.label, writer.role, writer.basis) == (None, Role.CLIENT, "single")
    assert writer.confidence < 1
    assert transcript.date == "2025-05-03"


def test_lines_wrapped_by_an_editor_are_one_paragraph() -> None:
    text = "This is a long line that an editor broke here because\nit was too wide.\n\nNext."
    assert len(read(text).segments) == 2


def test_notes_about_a_client_are_not_the_clients_words() -> None:
    text = "Client reports poor sleep. Client denies intent. The patient appeared calm."
    assert read(text).speakers[0].role is Role.UNKNOWN


def test_times_without_speakers_name_nobody() -> None:
    transcript = read("[00:12] hello there\n[00:15] how are you")
    assert turns(transcript) == [(None, "hello there"), (None, "how are you")]
    assert starts(transcript) == [12_000, 15_000]
    assert transcript.speakers[0].role is Role.UNKNOWN


def test_chat_export_dates_are_no_speech() -> None:
    text = "[12/05/2025, 10:05:33] Alex: hi\n[12/05/2025, 10:06:33] Bo: yo"
    transcript = read(text)
    assert turns(transcript) == [("Alex", "hi"), ("Bo", "yo")]
    assert starts(transcript) == [0, 60_000]


def test_odd_quotes_dashes_and_spaces_stay_in_the_words() -> None:
    said = "“It’s\u00a0fine” – I ‘said’ — «so»…"
    transcript = read(f"T:\u00a0{said}\nC\u00a0: ok")
    assert transcript.segments[0].text == said
    assert transcript.segments[1].speaker == "C"


def test_speech_in_brackets_is_no_direction() -> None:
    text = "C: I told her (my sister) that (after all) I left. (I mean it.)\nT: [laughs] Ok."
    first, second = read(text).segments
    assert first.asides == ()
    assert [second.text[a:b] for a, b in second.asides] == ["[laughs]"]


def test_turn_of_gestures_alone_is_a_direction() -> None:
    transcript = read("T: Ready?\nC: (nods)\nT: Good.")
    assert turns(transcript) == [("T", "Ready?"), ("T", "Good.")]
    assert PassageKind.DIRECTION in {p.kind for p in transcript.passages}


def test_third_voice_is_kept_apart() -> None:
    text = "Dr. Lee: How are you?\nAlex: ok\nMum: He is not.\nDr. Lee: I see.\nAlex: go away"
    roles = {s.label: s.role for s in read(text).speakers}
    assert list(roles) == ["Dr. Lee", "Alex", "Mum"]
    assert roles["Dr. Lee"] is Role.THERAPIST


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"  \r\n\t", "empty"),
        (b"Session 1\nDate: May 1, 2025\nClient: Alex\n", "empty"),
        (b"T: (nods)\nC: [laughs]", "empty"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "binary"),
        (bytes(range(256)) * 4, "binary"),
        (b"PK\x03\x04 not really a zip", "binary"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 99, "binary"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "encrypted"),
        ("Как дела, друг мой дорогой?".encode("koi8-r"), "encoding"),
        (b"T: caf\xe9 and caf\xc3\xa9", "encoding"),
        (b"{\\rtf1 hello}", "malformed"),
        (b"<!DOCTYPE html><html>hello</html>", "malformed"),
        (b'{"segments": [{"text": "a"', "malformed"),
        (b'{"rows": 3}', "malformed"),
    ],
)
def test_what_is_no_transcript_is_refused_with_its_reason(content: bytes, reason: str) -> None:
    with pytest.raises(TranscriptUnreadable) as caught:
        read(content)
    assert caught.value.reason == reason
    assert caught.value.message.endswith(".")


@pytest.mark.parametrize(
    "encoding",
    ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "windows-1252"],
)
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_encodings_and_newlines_read_alike(encoding: str, newline: str) -> None:
    text = newline.join(["T: How’s the café going?", "", "C: It’s “fine”."])
    transcript = read(text.encode(encoding))
    assert transcript.text == "T: How’s the café going?\n\nC: It’s “fine”."
    assert turns(transcript) == [("T", "How’s the café going?"), ("C", "It’s “fine”.")]


def test_lone_surrogates_and_control_characters_become_harmless() -> None:
    transcript = read(b"T: a\x00b\xed\xa0\x80c\x1b[0m\nC: ok and then some more words to say here")
    assert transcript.segments[0].text == "a b\ufffdc [0m"
    transcript.text.encode("utf-8")


@pytest.mark.parametrize(
    "text",
    [
        "[Therapist] How are you?\n[Client] Fine.\n[Therapist] Good.",
        "<Therapist> How are you?\n<Client> Fine.\n<Therapist> Good.",
        "Therapist – How are you?\nClient – Fine.\nTherapist – Good.",
        "00:05 | Therapist | How are you?\n00:09 | Client | Fine.\n00:12 | Therapist | Good.",
        "00:05\tTherapist\tHow are you?\n00:09\tClient\tFine.\n00:12\tTherapist\tGood.",
        "**Therapist** [0:05]: How are you?\n**Client** [0:09]: Fine.\n**Therapist** [0:10]: Good.",
        "**Therapist**\nHow are you?\n\n**Client**\nFine.\n\n**Therapist**\nGood.",
        "1. Therapist: How are you?\n2. Client: Fine.\n3. Therapist: Good.",
        "> Therapist: How are you?\n> Client: Fine.\n> Therapist: Good.",
        "Therapist:How are you?\nClient:Fine.\nTherapist:Good.",
        "Therapist：How are you?\nClient：Fine.\nTherapist：Good.",
    ],
)
def test_labels_are_read_however_they_are_set_off(text: str) -> None:
    assert turns(read(text)) == [
        ("Therapist", "How are you?"),
        ("Client", "Fine."),
        ("Therapist", "Good."),
    ]


def test_gestures_at_the_start_of_lines_are_no_speakers() -> None:
    text = "T: Well?\n[Laughs] You tell me.\nC: No.\n[Laughs] Ok."
    assert {s for s, _ in turns(read(text))} == {"T", "C"}


def test_lists_in_a_diary_are_no_speakers() -> None:
    text = "Dear diary: today was bad.\nI cried.\n\nWalks: none. Calls: two.\nWalks: still none.\n"
    transcript = read(text)
    assert {s.label for s in transcript.speakers} == {None}
    assert "I cried." in [s.text for s in transcript.segments]


def test_interview_of_questions_and_answers_has_roles() -> None:
    transcript = read("Q: How are you?\nA: Fine.\nQ: Good?\nA: Ok.")
    assert [s.role for s in transcript.segments] == [Role.THERAPIST, Role.CLIENT] * 2
