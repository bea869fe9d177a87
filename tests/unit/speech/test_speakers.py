from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.domain.transcript import Role
from shared.speech.reader.names import one_per_person
from tests.unit.speech.reading import RECORDED, read


def test_short_forms_are_the_person_they_shorten() -> None:
    labels = ["Dr. Harper Torres", "Dr. Harper", "Dr. Torres", "HARPER TORRES", "Alex"]
    people = one_per_person(labels, {})
    assert {people[label] for label in labels[:4]} == {"Dr. Harper Torres"}
    assert people["Alex"] == "Alex"


def test_header_gives_the_full_name() -> None:
    text = "Professional: Dr. Harper Torres\nDate: 2025-05-01\n\nDr. Torres: Hi.\nAlex: Hello."
    assert read(text).segments[0].speaker == "Dr. Harper Torres"


def test_short_form_of_two_people_stays_for_itself() -> None:
    people = one_per_person(["Alex Kim", "Alex Jones", "Alex"], {})
    assert people["Alex"] == "Alex"


def test_people_with_different_titles_stay_apart() -> None:
    people = one_per_person(["Mr. Smith", "Mrs. Smith", "Mrs. Anna Smith"], {})
    assert people["Mr. Smith"] == "Mr. Smith"
    assert people["Mrs. Smith"] == "Mrs. Anna Smith"


def test_numbered_speakers_stay_apart() -> None:
    assert len(set(one_per_person(["Speaker 1", "Speaker 2", "Speaker 10"], {}).values())) == 3


@given(st.lists(st.text(min_size=1, max_size=12), max_size=12))
def test_every_label_has_a_person_who_is_a_label(labels: list[str]) -> None:
    people = one_per_person(labels, {})
    assert set(people) == set(labels)
    assert set(people.values()) <= set(labels)
    assert all(people[person] == person for person in people.values())


@pytest.mark.parametrize("name", sorted(p.name for p in RECORDED.iterdir() if p.suffix == ".txt"))
def test_roles_are_found_by_manner_when_labels_are_hidden(name: str) -> None:
    """The real excerpts with their speakers renamed to A and B and no header."""
    known = read((RECORDED / name).read_bytes())
    hidden = {"Dr. Harper Torres": "Sam", "Alex": "Kim"}
    said = [(hidden[s.speaker or ""], " ".join(s.text.split())) for s in known.segments]
    text = "\n".join(f"{speaker}: {words}" for speaker, words in said)
    speakers = {s.label: s for s in read(text).speakers}
    assert (speakers["Sam"].role, speakers["Kim"].role) == (Role.THERAPIST, Role.CLIENT)
    assert {s.basis for s in speakers.values()} == {"speech"}
    assert all(0.75 <= s.confidence < 1 for s in speakers.values())


def test_little_text_leaves_roles_unknown() -> None:
    assert {s.role for s in read("Anna: Hi.\nBen: Hello.").speakers} == {Role.UNKNOWN}


def test_two_friends_get_no_roles() -> None:
    text = (
        "Anna: I went home. I was so tired, my feet hurt.\nBen: I know, I slept all day myself.\n"
    )
    assert {s.role for s in read(text * 6).speakers} == {Role.UNKNOWN}


def test_named_role_is_sure_and_inferred_role_is_not() -> None:
    speakers = read("Therapist: How are you?\nAlex: Fine.\nTherapist: Good.").speakers
    assert [(s.role, s.confidence, s.basis) for s in speakers] == [
        (Role.THERAPIST, 1.0, "label"),
        (Role.CLIENT, 0.95, "elimination"),
    ]


def test_role_in_brackets_behind_a_name_counts() -> None:
    text = "Sam (Therapist): How are you?\nKim (Client): Fine.\nSam: Good.\nKim: Yes."
    transcript = read(text)
    assert [s.role for s in transcript.segments] == [Role.THERAPIST, Role.CLIENT] * 2
    assert {s.basis for s in transcript.speakers} == {"label"}
