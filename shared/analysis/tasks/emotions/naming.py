"""Feelings that a person names: "I felt overwhelmed", "my anxiety was through the roof"."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from shared.analysis.sentences import Sentence
from shared.analysis.stance import belongs_to_other, clause_before, is_denied, is_imagined
from shared.analysis.tasks.emotions.intensity import named_intensity
from shared.analysis.tasks.emotions.vocabulary import Feeling, Vocabulary

# What makes a word for a feeling a report of one: a verb of feeling, or a noun that acts.
_FELT = re.compile(
    r"\b(?:feel|feels|feeling|felt|am|been|being|get|gets|got|getting|become|became|becoming"
    r"|left|makes?\s+me|made\s+me|making\s+me|leaves\s+me|keeps?\s+me|was|were|i['’]m|i\s+am"
    r"|had\s+me)\b[^.!?;]*$",
    re.I,
)
_SELF = re.compile(r"\b(?:i|i['’](?:m|ve|d|ll)|me|my|myself|we|we['’]re)\b", re.I)
_FRAGMENT = re.compile(
    r"^\W*(?:(?:just|so|and|but|honestly|mostly|really|very|pretty|still|kind\s+of|kinda|a\s+bit"
    r"|a\s+little|more|also|maybe|yeah|yes|um|uh|i\s+guess|well|oh)\W+)*$",
    re.I,
)
_NOUN_CUE = re.compile(
    r"(?:\b(?:feel|feels|felt|feeling|there['’]s|there\s+is|there\s+was|sense\s+of|wave\s+of"
    r"|waves\s+of|(?:pang|surge|rush|flood|flash)s?\s+of|full\s+of|so\s+much|such|with|cycle\s+of|(?:crippled|consumed|overcome)\s+by)\s+(?:\w+\s+){0,2}"
    r"|\b(?:my|this|that|the)\s+)$",
    re.I,
)
_NOUN_ACTS = re.compile(
    r"\s+(?:is|was|gets|got|comes|came|hits|hit|kicks?|kicked|takes|took|builds|built|creeps"
    r"|crept|goes|went|won['’]t|makes|made|just|keeps)\b(?!\s+(?:\w+\s+){0,2}(?:gone|away|better|lower|down)\b)",
    re.I,
)
_NOUNS = frozenset(
    {
        "anxiety", "worry", "stress", "panic", "dread", "fear", "terror", "overwhelm", "sadness",
        "grief", "loneliness", "despair", "hopelessness", "disappointment", "exhaustion",
        "emptiness", "numbness", "shame", "embarrassment", "humiliation", "guilt", "remorse",
        "regret", "anger", "rage", "resentment", "frustration", "irritation", "disgust", "joy",
        "happiness", "excitement", "pride", "relief", "hope", "gratitude", "affection", "love",
        "confusion", "surprise", "shock", "tenderness", "self-doubt", "fatigue",
    }
)  # fmt: skip
_VERBS = frozenset(
    {
        "worry", "worrying", "fear", "feared", "regret", "regretted", "dread", "resent", "panic",
        "panicked", "panicking", "grieving", "mourning",
    }
)  # fmt: skip
_DOING = re.compile(
    r"\bI(?:['’](?:m|ve|d))?\s+(?:(?:am|was|been|have|had|keep|kept|start|started|still|always|often"
    r"|constantly|sometimes|just|also|really|do|then|even|probably|actually)\s+)*$",
    re.I,
)
# Words with a common other sense need the verb "feel" beside them.
_ONLY_FELT = frozenset(
    {
        "down", "low", "alone", "lost", "content", "mad", "bitter", "empty", "safe", "touched",
        "hurt", "trapped", "torn", "lighter", "tense",
        "like a failure", "like a fraud", "like an impostor", "like an imposter", "centered",
        "settled", "mixed up", "checked out", "grounded", "loved",
        "isolated", "detached", "hollow", "uncertain", "unsure", "tired",
    }
)  # fmt: skip
_FEEL = re.compile(
    r"\b(?:feel|feels|feeling|felt|i['’]m|i\s+am|i\s+was|been)\b[^.!?;,]{0,20}$", re.I
)
_SITUATION = re.compile(r"ing$|^scary$", re.I)
_SITUATION_CUE = re.compile(
    r"\b(?:it['’]s|it\s+is|it\s+was|that['’]s|that\s+was|is|feels|felt)\b|^\W*kind\s+of\s+$", re.I
)
# "Tired of hiding" is no want of sleep, "nothing" alone no feeling.
_OF = re.compile(r"tired\s+of", re.I)
_PLAN = re.compile(
    r"\b(?:I\s+(?:can|could|might|will|should|plan)|['’]ll|going\s+to)\b[^.?!;]*"
    r"\b(?:when(?:ever)?|if|next\s+time)\s+I(?:['’]m|\s+am|\s+feel|\s+get|\s+start)\b[^.?!;,]{0,20}$",
    re.I,
)
# Said alone, as an answer: "More centered."
_LONE = re.compile(
    r"^\W*(?:(?:just|so|very|pretty|still|kind\s+of|a\s+bit|a\s+little|much|more|less\s+alone|yeah|definitely)\W+)*$",
    re.I,
)
_STATES = frozenset({"centered", "grounded", "lighter", "empty", "hollow", "detached", "trapped"})
# What somebody else is made to feel, and what a person or a thing is like.
_MADE_TO_FEEL = re.compile(
    r"\b(?:mak(?:e|es|ing)|made|keep(?:s|ing)?|kept)\s+(?:them|him|her|people|others|everyone"
    r"|everybody|someone|somebody|my\s+\w+)\s+(?:\w+\s+)?$",
    re.I,
)
_TRAIT = re.compile(
    r"\s+(?:person|people|self|guy|girl|kid|child|childhood|family|couple|marriage|relationship|life"
    r"|home|place|dose|diet|music|movie|email|stomach|chair|room|hour|sex|man|father|meetings?|app)\b",
    re.I,
)
# To be alone is a situation; to feel so, or to be so or all alone, a feeling.
_ALONE_FELT = re.compile(
    r"\b(?:feel\w*|felt)\b[^.!?;,]{0,20}$|\b(?:so|all|completely|totally|utterly|very|really)\s+$",
    re.I,
)
# What is only wished for or supposed. "I'd" may be "I had", so the verb counts; and what "I'd feel
# whenever ..." is a habit.
_WISHED = re.compile(r"['’]d\s+(?:\w+\s+)?(?:love|like|feel|be)\b|\bto\s+be\s+able\s+to\b", re.I)
_HABIT = re.compile(r"\b(?:whenever|always|(?:every|each|any)\s+time)\b", re.I)
# Next time it comes, this is to be done.
_OCCASION = re.compile(
    r"^\W*(?:next\s+time|when(?:ever)?|if)\s+I\b(?!['’]m\s+(?:being\s+)?honest)[^.?!]*$", re.I
)
_THEN = re.compile(
    r"\bI(?:['’]ll|\s+will|['’]m\s+going\s+to|\s+plan)\b|\bplan\s+is\b|['’]s\s+the\s+plan\b", re.I
)
_COURTESY = re.compile(
    r"(?:afraid|fear)\s+(?:that\s+)?(?:I|we)(?:['’](?:re|m)\s+(?:out\s+of|late)"
    r"|\s+can['’]t\s+(?:make|come|stay|attend)|\s+(?:missed|forgot|don['’]t\s+(?:know|remember)))"
    r"|afraid\s+(?:not|so)\b"
    r"|happy\s+(?:birthday|thanksgiving|new\s+year|holidays|christmas|easter|anniversary)"
    r"|(?:sad|regret|happy|glad)\s+to\s+say\b",
    re.I,
)
# "I'm happy to help", but not "I was so happy to help her".
_WILLING = re.compile(
    r"\b(?:I['’]m|I\s+am|I['’]d\s+be)\s+(?:happy|glad|pleased)\s+to\s+(?!see|hear|be\b|have\b|know|find|meet)",
    re.I,
)
# What others take the speaker for, and what somebody of his is or gets.
_OTHERS_SAY = (
    r"\b(?:thinks|says|believes|figures|(?:they|people|everyone|everybody)\s+(?:think|say|believe)"
    r"|(?:he|she|they|my\s+\w+)\s+(?:thought|said|told\s+me))\s+(?:that\s+)?"
)
_TAKEN_FOR = re.compile(_OTHERS_SAY + r"(?:I(?:['’]m|\s+am|\s+was)\s+(?:\w+\s+){0,3})?$", re.I)
_SOMEONE_OF_MINE = re.compile(
    r"\bmy\s+(?:\w+\s+)?(?:flatmate|roommate|housemate|mate|parents?|folks|in-laws|students?|graders"
    r"|patients?|clients?|neighbou?rs?|cousin|aunt|uncle|niece|nephew|grand\w+|fianc\w+|ex|baby"
    r"|staff|crew)\s+(?:gets?|got|is|was|are|were|feels?|felt|seems?)\s+(?:\w+\s+){0,2}$",
    re.I,
)
# By what stands before or behind it, a word that is often a feeling means something else.
_BEFORE = {
    "down": r"(?:\w+(?<!feel)ing|up\s+and|put|sat|sit|shut|write|wrote|lay|lie|come|step|turned"
    r"|tied|knocked|handed|pulled|calmed|settled|broke)\s+$",
    "lost": r"\b(?:I|we|he|she|they|have|had|['’]ve)\s+$",
    "shame": r"\ba\s+$",
}
_BEHIND = {
    "down": r"\s+(?:to|there|the|this|that|at|by|with|my|his|her|\w+\s+pounds|on(?!\s+myself)"
    r"|for\s+(?:the|a|an|it|this|that)(?!\s+while))\b",
    "lost": r"\s+(?:my|the|a|weight|on\s+the|\d)\b",
    "hurt": r"\s+(?:myself|himself|him|her|my|in|at|on)\b",
    "grounded": r"\s+(?:for|until)\b",
    "nervous": r"\s+system\b",
    "restless": r"\s+legs?\b",
    "irritable": r"\s+bowel\b",
    "guilty": r"\s+of\b",
    "encouraged": r"\s+(?:to|by)\b",
}
_OTHER_SENSES = tuple(
    {term: re.compile(pattern, re.I) for term, pattern in table.items()}
    for table in (_BEFORE, _BEHIND)
)
_FOR_SOMEBODY = re.compile(
    r"\s+for\s+(?:him|her|them|you|the\s+\w+|my\s+(?!own\b|body\b|brain\b)\w+)\b", re.I
)
_TRAILING_OFF = re.compile(r"\.{2,}|…")
_WINDOW_CHARS = 60


@dataclass(frozen=True, slots=True)
class Mention:
    """A feeling that a sentence names, and how strong it is there."""

    feeling: Feeling
    place: int
    intensity: float


def find_named(sentence: Sentence, vocabulary: Vocabulary) -> Iterator[Mention]:
    """Find the feelings that the speaker reports of himself, neither denied nor imagined."""
    text = _TRAILING_OFF.sub(_blank, sentence.own)
    for found in vocabulary.pattern.finditer(text):
        term = found[0].lower()
        if _is_reported(text, found.start(), found.end(), term):
            feeling = vocabulary.by_term[term]
            strength = named_intensity(text, found.start(), feeling.terms[term])
            yield Mention(feeling, found.start(), strength)
    if not sentence.is_question:
        yield from _idioms(text, vocabulary)


def _idioms(text: str, vocabulary: Vocabulary) -> Iterator[Mention]:
    for feeling in vocabulary.feelings:
        for pattern, base in feeling.idioms:
            found = pattern.search(text)
            if found and _is_own(text, found.start(), found[0]):
                yield Mention(feeling, found.start(), named_intensity(text, found.start(), base))


def _is_own(text: str, place: int, idiom: str) -> bool:
    """Whether an idiom at `place` is so, and said by the speaker of himself."""
    if not _SELF.search(idiom) and belongs_to_other(text, place):
        return False
    return _is_so(text, place) and not _TAKEN_FOR.search(_lead(text, place))


def _is_so(text: str, place: int) -> bool:
    """Whether what stands at `place` is a fact: not denied, imagined, wished for or planned for."""
    return not (
        is_denied(text, place)
        or is_imagined(text, place)
        or _is_wished(text, place)
        or _planned(text, place)
    )


def _is_wished(text: str, place: int) -> bool:
    """Whether it is wished for, supposed, or the occasion of a plan that follows."""
    if _WISHED.search(clause_before(text, place)) and not _HABIT.search(text):
        return True
    return bool(_OCCASION.match(text[:place]) and _THEN.search(text, place))


def find_unreported(sentence: Sentence, vocabulary: Vocabulary) -> set[str]:
    """Return the feelings whose words stand in the sentence without being reported."""
    return {
        vocabulary.by_term[found[0].lower()].name
        for found in vocabulary.pattern.finditer(sentence.own)
    }


def _lead(text: str, place: int) -> str:
    return text[max(0, place - _WINDOW_CHARS) : place]


def _blank(found: re.Match[str]) -> str:
    return " " * len(found[0])


def _is_reported(text: str, start: int, end: int, term: str) -> bool:
    if not _is_so(text, start) or belongs_to_other(text, start):
        return False
    lead = _lead(text, start)
    if _is_no_feeling(text, start, end, term):
        return False
    if term in _VERBS and _DOING.search(lead):
        return True
    if term in _NOUNS:
        return bool(_NOUN_CUE.search(lead)) and _noun_is_felt(text, lead, end)
    if term in _ONLY_FELT:
        if _LONE.match(lead) and term in _STATES:
            return True
        return bool(_FEEL.search(lead)) and bool(_SELF.search(clause_before(text, start)))
    if _SITUATION.search(term):
        return bool(_SITUATION_CUE.search(lead))
    return bool(_FRAGMENT.match(lead)) or bool(_FELT.search(lead) and _SELF.search(lead))


def _is_no_feeling(text: str, start: int, end: int, term: str) -> bool:
    """Whether the word has another sense here, tells a trait or what somebody else is to feel."""
    lead = _lead(text, start)
    if term == "alone":
        return not _ALONE_FELT.search(lead)
    if _OF.match(term + text[end : end + 4]) or _COURTESY.match(text, start):
        return True
    if any(found.start() < start < found.end() for found in _WILLING.finditer(text)):
        return True
    if any(pattern.search(lead) for pattern in (_MADE_TO_FEEL, _TAKEN_FOR, _SOMEONE_OF_MINE)):
        return True
    before, behind = (table.get(term) for table in _OTHER_SENSES)
    if (before and before.search(lead)) or (behind and behind.match(text, end)):
        return True
    if _SITUATION.search(term) and _FOR_SOMEBODY.match(text, end):
        return True
    return term not in _NOUNS and bool(_TRAIT.match(text, end))


def _planned(text: str, start: int) -> bool:
    """Whether it is the occasion of a plan ("I can write when I feel anxious")."""
    return bool(_PLAN.search(text[:start]))


def _noun_is_felt(text: str, lead: str, end: int) -> bool:
    possessive = re.search(r"\b(?:my|this|that|the)\s+$", lead, re.I)
    return not possessive or bool(_NOUN_ACTS.match(text, end))
