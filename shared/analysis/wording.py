"""How a sentence is put: its words, and the frame that is left when what it is about is taken out.

"I keep replaying it" has the frame "i keep *ing it", and so have all who cannot let something go.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_TOKEN = re.compile(r"[a-z]+(?:['-][a-z]+)*|\d+|[?!…—:;,.\"“”]")
_WORD_RUN, _FRAME_RUN = 2, 3
_MAX_TOKENS = 120
_ENDINGS = ("ing", "ed", "ly", "ful", "less", "able", "ion", "ness", "est", "er", "s")
# Words that make the frame: function words, and verbs and judgements that people put things with.
_FRAME = """
    i i'm i've i'd i'll me my myself mine we we're we've we'd we'll us our you you're you've
    you'd you'll your yourself he he's she she's it it's its they they're they've they'd them
    their him his her hers that that's this these those there there's here who what what's when
    where why how which whom a an the and or but so if because though although while until since
    unless as than then too also just only even still always never ever often sometimes usually
    already yet again now today tonight tomorrow am is are was were be been being isn't aren't
    wasn't weren't do does did don't doesn't didn't done doing have has had haven't hasn't hadn't
    having can can't cannot could couldn't will won't would wouldn't should shouldn't shall may
    might must mustn't need needs not no none nothing nobody nowhere everyone everybody everything
    anyone anybody anything someone somebody something people person other others else each every
    all any some many much more most less least enough to of in on at by for with without about
    from into out up down over under off through after before between against during back away
    around feel feels feeling felt think thinks thinking thought know knows knew guess suppose
    believe realize realise realized realised realizing realising notice noticed noticing see saw
    seeing learn learned understand want wants wanted like try tries tried trying keep keeps kept
    start starts started starting stop stopped make makes made let let's get gets got getting go
    goes going gone went come came take takes took give say said says tell told ask asked call
    help helps find found put really very quite pretty maybe perhaps probably definitely actually
    honestly kind sort bit little lot yes yeah yep okay ok sure well oh um uh hm right alright
    good great fine hard difficult tough easy impossible bad better worse best worst week day days
    night nights morning evening weekend next last time times once twice willing open able ready
    way thing things part point life world self one two three four five ten first
    second
"""
_FRAME_WORDS = frozenset(_FRAME.split())


def tokens(text: str) -> list[str]:
    """Return the words and marks of a text in lower case, at most 120."""
    lowered = text[: 8 * _MAX_TOKENS].lower().replace("’", "'").replace("‘", "'")
    return _TOKEN.findall(lowered)[:_MAX_TOKENS]


def grams(text: str) -> set[str]:
    """Return the runs of one and two words, and of one to three places of the frame (`~...`)."""
    words = tokens(text)
    frame = [_place(word) for word in words]
    found = {*_runs(["<", *words, ">"], _WORD_RUN)}
    found.update(f"~{run}" for run in _runs(["<", *frame, ">"], _FRAME_RUN))
    found.add(f"length {min(6, (len(words) + 2) // 5)}")
    return found


def _place(word: str) -> str:
    if word in _FRAME_WORDS or not word[0].isalnum():
        return word
    if word.isdigit():
        return "#"
    ending = next((e for e in _ENDINGS if word.endswith(e) and len(word) > len(e) + 2), "")
    return f"*{ending}"


def _runs(places: Sequence[str], longest: int) -> Iterator[str]:
    for length in range(1, longest + 1):
        for start in range(len(places) - length + 1):
            yield " ".join(places[start : start + length])
