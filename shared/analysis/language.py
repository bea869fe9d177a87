"""In which language a text is, as far as its script and its small words tell.

Where one script serves one language among those known, the script decides; where several share it,
that language whose function words make up most of the text: in running speech they are a third to
a half of all words (Dunning 1994, "Statistical identification of language", on why so little text
is enough). What is none of these is said to be undetermined, never guessed.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Final

# BCP 47's own word for a language that is not determined.
UNDETERMINED: Final = "und"
# The languages that the local engine has rules and a model for.
ENGLISH: Final = "en"

_MAX_WORDS = 2_000
# Function words that are needed, in all and as a share of the words.
_LEAST_HITS = 3
_LEAST_SHARE = 0.1
# A Japanese text is half in Han characters; a Chinese one holds no kana but in names.
_KANA_SHARE = 0.1
# Characters of a script without spaces that make about one word.
_CHARACTERS_PER_WORD = 2

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_SCRIPTS: Final[Mapping[str, re.Pattern[str]]] = {
    "latin": re.compile(r"[A-Za-zÀ-ɏḀ-ỿ]"),
    "cyrillic": re.compile(r"[Ѐ-ӿ]"),
    "arabic": re.compile(r"[\u0620-\u06ff]"),
    "greek": re.compile(r"[Ͱ-Ͽ]"),
    "hebrew": re.compile(r"[\u05d0-\u05ea]"),
    "thai": re.compile(r"[\u0e00-\u0e7f]"),
    "hangul": re.compile(r"[\uac00-\ud7a3]"),
    "kana": re.compile(r"[\u3040-\u30ff]"),
    "han": re.compile(r"[\u4e00-\u9fff]"),
    "devanagari": re.compile(r"[\u0900-\u097f]"),
    "bengali": re.compile(r"[\u0980-\u09ff]"),
    "tamil": re.compile(r"[\u0b80-\u0bff]"),
    "telugu": re.compile(r"[\u0c00-\u0c7f]"),
    "georgian": re.compile(r"[\u10a0-\u10ff]"),
    "armenian": re.compile(r"[\u0530-\u058f]"),
}


@dataclass(frozen=True, slots=True)
class Identified:
    """What is known of a text's language.

    Attributes:
        code: BCP 47 primary subtag; `und` where it cannot be told.
        words: about how many words it was told from.
    """

    code: str
    words: int


@dataclass(frozen=True, slots=True)
class _Known:
    names: Mapping[str, str]
    languages: Mapping[str, Mapping[str, frozenset[str]]]
    by_script: Mapping[str, str]


def identify_language(texts: Sequence[str]) -> Identified:
    """Tell the language that most of the texts together are in."""
    text = " ".join(texts)
    letters = {name: len(pattern.findall(text)) for name, pattern in _SCRIPTS.items()}
    script = max(letters, key=lambda name: letters[name])
    if not letters[script]:
        return Identified(UNDETERMINED, 0)
    if script == "han" and letters["kana"] > _KANA_SHARE * letters["han"]:
        script = "kana"
    known = _known()
    if script in known.by_script:
        return Identified(known.by_script[script], letters[script] // _CHARACTERS_PER_WORD)
    return _by_words(text, known.languages[script])


def language_name(tag: str) -> str:
    """The English name of a language tag's language, or the tag itself."""
    return _known().names.get(tag.split("-")[0].lower(), tag)


def _by_words(text: str, languages: Mapping[str, frozenset[str]]) -> Identified:
    found = _WORD.findall(text[: 20 * _MAX_WORDS].lower().replace("’", "'"))[:_MAX_WORDS]
    counts = Counter(found)
    hits = {
        code: sum(counts[word] for word in words if word in counts)
        for code, words in languages.items()
    }
    best = max(hits, key=lambda code: (hits[code], code == ENGLISH))
    enough = hits[best] >= max(_LEAST_HITS, _LEAST_SHARE * len(found))
    return Identified(best if enough else UNDETERMINED, len(found))


@lru_cache(maxsize=1)
def _known() -> _Known:
    data = json.loads((files("shared.analysis") / "languages.json").read_text("utf-8"))
    listed = {code: entry for group in data["words"].values() for code, entry in group.items()}
    names = {code: entry["name"] for code, entry in listed.items()}
    return _Known(
        names=names | dict(data["scripts"].values()),
        languages={
            script: {code: frozenset(entry["words"].split()) for code, entry in group.items()}
            for script, group in data["words"].items()
        },
        by_script={script: code for script, (code, _) in data["scripts"].items()},
    )
