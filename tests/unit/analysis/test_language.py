from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.analysis.language import identify_language, language_name

# One sentence of a person in each language.
SAID = json.loads(Path(__file__).with_name("languages.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("code", SAID)
def test_language_is_told_from_one_sentence(code):
    assert identify_language([SAID[code]]).code == code


@pytest.mark.parametrize("text", ["", "Mm-hm.", "1234 5678", "😀😀", "Anna, Bert, Carla, Dora"])
def test_language_of_what_says_nothing_is_undetermined(text):
    assert identify_language([text]).code == "und"


def test_language_of_many_made_up_words_is_undetermined():
    found = identify_language(["blorp snarf quux wibble zork gnarl frob plugh " * 10])
    assert (found.code, found.words) == ("und", 80)


def test_language_is_what_most_is_said_in():
    assert identify_language([SAID["en"]] * 3 + [SAID["de"]]).code == "en"
    assert identify_language([SAID["en"]] + [SAID["de"]] * 3).code == "de"
    assert identify_language([SAID["ja"]] * 3 + [SAID["en"]]).code == "ja"


@given(st.lists(st.text(max_size=60), max_size=5))
def test_language_of_any_text_is_told_alike_twice(texts):
    found = identify_language(texts)
    assert found == identify_language(texts)
    assert found.words >= 0


@pytest.mark.parametrize(("tag", "name"), [("de", "German"), ("DE-at", "German"), ("tlh", "tlh")])
def test_language_has_a_name(tag, name):
    assert language_name(tag) == name


def test_language_of_a_transcript_is_english():
    session = Path(__file__).parents[3] / "infra" / "demo" / "session.txt"
    assert identify_language([session.read_text(encoding="utf-8")]).code == "en"
