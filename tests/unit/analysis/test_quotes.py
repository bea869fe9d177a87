from __future__ import annotations

import pytest

from shared.analysis.quotes import Voice, find_quotations


@pytest.mark.parametrize(
    ("text", "voice"),
    [
        ("My boss said, “You are late again.”", Voice.OTHER),
        ('Sarah told me "You never listen."', Voice.OTHER),
        ("“You never listen,” she said.", Voice.OTHER),
        ("I keep thinking, “I am not cut out for this.”", Voice.THOUGHT),
        ("I told myself, “It will be fine.”", Voice.THOUGHT),
        ("There is this voice in my head saying, “Don't be weak.”", Voice.THOUGHT),
        ("And then there's guilt. Like, “You should be doing more.”", Voice.THOUGHT),
        ("It had to be “perfect” every time.", Voice.PLAIN),
    ],
)
def test_quotation_is_told_by_what_introduces_it(text, voice):
    (quotation,) = find_quotations(text)
    assert quotation.voice is voice


def test_quotation_joined_to_another_has_the_same_voice():
    text = "I kept thinking, “I should have seen it,” or “I am not good enough.”"
    assert [q.voice for q in find_quotations(text)] == [Voice.THOUGHT, Voice.THOUGHT]


def test_quotation_leaves_apostrophes_alone():
    assert find_quotations("It’s my friends’ idea, and I can't say no.") == []
