"""What a person says that he or she will do."""

from __future__ import annotations

import re
from collections.abc import Sequence

from shared.analysis.clauses import clause_end
from shared.analysis.sentences import Sentence
from shared.domain.transcript import Role

_ADVERBS = (
    r"(?:(?:definitely|also|just|really|at\s+least|certainly|actually|then|still|maybe|first"
    r"|intentionally"
    r"|try\s+(?:to|and)|start\s+(?:to|by)|begin\s+to|make\s+sure\s+to|go\s+(?:and"
    r"|ahead\s+and))\s+)*"
)
_STRONG = re.compile(
    r"\bI(?:['’]ll|\s+will|['’]m\s+going\s+to|\s+am\s+going\s+to|['’]m\s+gonna"
    r"|\s+(?:do\s+)?plan\s+(?:to|on)"
    r"|['’]m\s+planning\s+(?:to|on)|\s+intend\s+to|\s+promise\s+to|\s+commit\s+to"
    r"|['’]m\s+committ(?:ed|ing)\s+to"
    rf"|(?:['’]ve)?\s+decided\s+to"
    rf"|['’]ve\s+agreed\s+to)\s+(?P<doing>{_ADVERBS}(?P<verb>[a-z]+(?:-[a-z]+)?))"
    r"|\bmy\s+(?:plan|goal|next\s+step|homework|commitment)\s+(?:for\s+(?:this|next"
    r"|the)\s+\w+\s+)?is\s+to\s+"
    rf"(?P<planned>{_ADVERBS}(?P<step>[a-z]+))",
    re.IGNORECASE,
)
# A possibility or a wish: a commitment only as the answer to "what will you do?".
_WEAK = re.compile(
    r"\bI(?:\s+(?:could|can|might|want\s+to|would\s+like\s+to|think\s+I\s+(?:can|could|want\s+to))"
    r"|['’]d\s+like"
    rf"\s+to|['’]m\s+willing\s+to|\s+am\s+willing\s+to)\s+(?P<doing>{_ADVERBS}(?P<verb>[a-z]+))",
    re.IGNORECASE,
)
_POSSIBLE = re.compile(r"\bI\s+(?:could|might)\b", re.I)
# Verbs of what befalls people or what they fear to do; nothing to set out to do.
_BEFALLING = re.compile(
    r"^(?:be|become|feel|fail|fall|lose|never|always|mess|screw|ruin|look|seem|sound|disappoint|die"
    r"|get|miss"
    r"|regret|have|need|know|see|forget|think|hate|love|want|wish|stumble|collapse|panic|freeze|cry"
    r"|embarrass"
    r"|sit|wake|end|hurt|say|admit|probably|not|no|only|sometimes|often|usually|even|ever|hardly"
    r"|suddenly|burst"
    r"|explode|snap|shut|drink|binge|overeat|relapse|smoke|scroll|lash|yell|scream|isolate|hide"
    r"|procrastinate"
    r"|overthink|ruminate|obsess|worry|stare|stay|lie|suffer|survive|manage|deal|live|realize"
    r"|notice|hear"
    r"|understand|grow|burn|break|blow|disappear|starve|drown|guess|assume|remain|turn\s+into"
    r"|turn\s+out)$",
    re.IGNORECASE,
)
# "I'll get a sponsor", "I'll have a talk with him" and the like are doings all the same.
_DOING_AFTER_ALL = re.compile(
    r"\b(?:get\s+(?:a|an|the|some|help|up|out|in\s+touch|back\s+to)|have\s+(?:(?:a|an|that"
    r"|the)\s+)?(?:talk|conversation|chat"
    r"|call|meeting|dinner|lunch|coffee)|see\s+(?:a|my|the|if\s+I\s+can|whether)|be\s+(?:more|open"
    r"|honest|mindful|sure\s+to|kinder"
    r"|gentle(?:r)?)|stay\s+(?:away|sober|off|in\s+touch)|say\s+(?:no|sorry|yes)|admit"
    r"|think\s+about|sit\s+(?:down|with)|break\s+(?:it|the|things))\b",
    re.IGNORECASE,
)
# Not vowed: conditions on oneself, worries, habits, reports and guesses.
_NOT_AGREED = re.compile(
    r"\bif\s+I\b|\bif\s+(?:it|they)\b|\bprobably\b|\bshould\b|\bunless\b|\bafraid\b|\bworr(?:y|ied"
    r"|ying)\b"
    r"|\bscared\b|\bfear\b|\bhop(?:e|ing|efully)\b|\bwhat\s+if\b|\bknow\s+(?:that\s+)?$|\bbet\b"
    r"|\b(?:sometimes|usually|often|every\s+time|always|whenever|some\s+(?:days|nights))\b"
    r"|\b(?:tell|telling|told|say|saying|said|thought|thinking|think,|promised|promise\s+(?:her|him"
    r"|them))\b"
    r"[^.;]{0,24}$|\b(?:feel|felt|feels)\s+like\b|\b(?:until|like|and\s+then|then|or|because"
    r"|so\s+that|that)\s+$",
    re.IGNORECASE,
)
_THINK = re.compile(r"\bI\s+(?:do\s+)?(?:think|guess|suppose)(?:\s+that)?\s+$", re.I)
_EMPTY = re.compile(
    r"^I(?:['’]ll|\s+will|['’]m\s+going\s+to|\s+can|\s+could|\s+want\s+to)\s+(?:definitely\s+"
    r"|just\s+)?"
    r"(?:try|do|give|think\s+about|work\s+on)(?:\s+(?:to\s+)?(?:do|try|that|it|this))?"
    r"(?:\s+a\s+(?:try|shot|go))?\W*$",
    re.IGNORECASE,
)
_FAILING = re.compile(
    r"['’]ll\s+(?:tell|let|ask|show)\s+you\b|\bkeep\s+(?:that|it|this)\s+in\s+mind\b|\b(?:keep"
    r"|start|go|make|let)\s+(?:\w+ing\s+)?(?:failing|falling|wrong|crazy|insane|mistakes"
    r"|everyone\s+down|people\s+down|a\s+mistake|a\s+fool)\b",
    re.IGNORECASE,
)
_FORESEEN = re.compile(
    r"\bI(?:['’]m)?\s+(?:just\s+|already\s+)?(?:know|bet|fear|afraid|scared|terrified|worried)"
    r"\s+(?:that\s+)?$",
    re.IGNORECASE,
)
_ASKED = re.compile(
    r"\b(?:willing|commit|plan(?:ning)?\s+to|going\s+to|will\s+you|want\s+to|like\s+to|(?:can"
    r"|could)\s+you\s+(?:take"
    r"|do|try|commit)|(?:one|small|next|first|concrete)\s+(?:\w+\s+)?(?:step|thing|goal|action))\b",
    re.IGNORECASE,
)
_ASKED_FOR_WHEN = re.compile(
    r"\b(?:this|next|coming)\s+(?:week\w*|month)\b|\btoday\b|\btomorrow\b|\btonight\b"
    r"|\bnext\s+(?:session|time|step)"
    r"|\bbefore\s+(?:we|our|you)\b|\bcommit\b|\bbetween\s+now\b|\bwilling\b",
    re.IGNORECASE,
)
_SENDING = re.compile(
    r"\b(?:I(?:['’]ll|\s+will|['’]m\s+going\s+to|\s+can)|let\s+me)\s+(?:also\s+|then\s+|just\s+"
    r"|make\s+sure\s+to\s+)*"
    r"(?:send|email|e-mail|mail|text|get\s+in\s+touch|note\s+down|draft|fill\s+in|put\s+your\s+name"
    r"|forward|share|print|look\s+(?:into|up|for)|put\s+together"
    r"|write\s+(?:up|down"
    r"|to|a|the|you)|prepare|refer|call|contact|reach\s+out|find\s+(?:you|out|a|some)|book|schedule"
    r"|bring|check"
    r"\s+(?:with|in\s+with\s+(?:him|her|them|your))|speak\s+(?:to|with)|talk\s+to\s+(?:him|her|them"
    r"|your|dr)|get\s+you"
    r"|give\s+you\s+(?:a|an|the|some)\s+(?:\w+\s+)?(?:worksheet|handout|list|number|referral|book"
    r"|form|sheet"
    r"|recording|link))\b",
    re.IGNORECASE,
)
_NOW = re.compile(
    r"\b(?:share|write)\s+(?:with\s+you\s+)?(?:an?\s+)?(?:observation|thought|what)|\bnow\b", re.I
)
_MIN_WORDS = 4


def find_commitment(sentence: Sentence, *, is_asked: bool = False) -> tuple[int, int] | None:
    """Return the offsets of what the speaker commits to, None where he commits to nothing.

    Args:
        is_asked: whether he answers a question for what he will do, so that "I could ..." counts.
    """
    found = _STRONG.search(sentence.own) or (_WEAK.search(sentence.own) if is_asked else None)
    if not found or sentence.is_question or _in_thought(sentence, found.start()):
        return None
    text, lead = sentence.own, sentence.own[: found.start()]
    vow = _THINK.sub("", lead)
    if _NOT_AGREED.search(vow) or _FAILING.search(text) or _befalls(text, found):
        return None
    end = clause_end(text, found.end())
    said = text[found.start() : end]
    return None if _EMPTY.match(said) or len(said.split()) < _MIN_WORDS else (found.start(), end)


def is_only_possible(sentence: Sentence) -> bool:
    """Whether it says no more than what one could do, or is a courtesy ("I'll let you know")."""
    text = sentence.own
    if _FAILING.search(text):
        return True
    return bool(_POSSIBLE.search(text)) and not _STRONG.search(text)


def is_foreseen(sentence: Sentence) -> bool:
    """Whether it has the form of a commitment, but foresees what one does not want."""
    found = _STRONG.search(sentence.own)
    return found is not None and bool(_FORESEEN.search(sentence.own[: found.start()]))


def find_therapist_commitment(sentence: Sentence) -> tuple[int, int] | None:
    """Return the offsets of what the therapist will do after the session, None for nothing."""
    text = sentence.own
    found = _SENDING.search(text)
    if not found or sentence.is_question or _NOW.search(text, found.start()):
        return None
    if re.search(r"\bif\b", text[: found.start()], re.I):
        return None
    end = clause_end(text, found.end())
    return (found.start(), end) if len(text[found.start() : end].split()) >= _MIN_WORDS else None


def asks_for_commitment(sentences: Sequence[Sentence], row: int) -> bool:
    """Whether the client at `row` answers a therapist who asks what he will do."""
    turn = sentences[row].segment.turn
    start = row
    while start and sentences[start - 1].segment.turn == turn and row - start < 8:
        start -= 1
    if not start or sentences[start - 1].segment.role is not Role.THERAPIST:
        return False
    asking = sentences[start - 1].segment.turn
    said = [s for s in sentences[max(0, start - 3) : start] if s.segment.turn == asking]
    words = " ".join(sentence.own for sentence in said)
    asked = any(s.is_question and _ASKED.search(s.own) for s in said)
    return asked and bool(_ASKED_FOR_WHEN.search(words))


def _in_thought(sentence: Sentence, place: int) -> bool:
    return any(start <= place < end for start, end in sentence.thoughts)


def _befalls(text: str, found: re.Match[str]) -> bool:
    verb = found["verb"] or found.groupdict().get("step") or ""
    start = found.start("verb") if found["verb"] else found.start("step")
    return bool(_BEFALLING.match(verb)) and not _DOING_AFTER_ALL.match(text, start)
