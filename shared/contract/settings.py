"""The settings of a session: JSON of the client's own, and what the service itself goes by."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints
from pydantic_core import PydanticCustomError, to_json
from typing_extensions import TypeAliasType, TypedDict

from shared.domain.retention import MAX_RETENTION_DAYS

MAX_SETTINGS_BYTES: Final = 16 * 1024
MAX_SETTINGS_DEPTH: Final = 10
# Firestore's limit of a field name (firebase.google.com/docs/firestore/quotas).
MAX_SETTINGS_KEY_BYTES: Final = 1_500
_INT64: Final = 2**63
# A well-formed tag with a language of its own (RFC 5646, section 2.1, without grandfathered ones).
_LANGUAGE_TAG: Final = (
    r"(?i)[a-z]{2,3}(-[a-z]{3}){0,3}(-[a-z]{4})?(-([a-z]{2}|[0-9]{3}))?"
    r"(-([a-z0-9]{5,8}|[0-9][a-z0-9]{3}))*(-[0-9a-wy-z](-[a-z0-9]{2,8})+)*(-x(-[a-z0-9]{1,8})+)?"
)


def _is_language_tag(tag: str) -> str:
    if not re.fullmatch(_LANGUAGE_TAG, tag):
        raise PydanticCustomError("language_tag", "must be a BCP 47 language tag, such as en-GB")
    return tag


ElementKind = TypeAliasType(
    "ElementKind",
    Literal["emotions", "topics", "insights", "beliefs", "challenges", "action_items"],
)
Bound = Annotated[float, Field(strict=True, ge=0, le=1)]
LanguageTag = Annotated[
    str, StringConstraints(strict=True, max_length=64), AfterValidator(_is_language_tag)
]


class MinConfidence(TypedDict, total=False):
    """By kind, 0 to 1: what is less sure is left out.

    What has no calibrated confidence (null) is left out by any bound above 0.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]

    emotions: Bound
    topics: Bound
    insights: Bound
    beliefs: Bound
    challenges: Bound
    action_items: Bound


class AnalysisChoice(TypedDict, total=False):
    """What the next analysis looks for, and in which language.

    An analysis goes by what stood here when it began; a change takes effect with the next one.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]

    elements: Annotated[
        list[ElementKind],
        Field(min_length=1, max_length=6, description="Kinds that are wanted; all by default."),
    ]
    min_confidence: MinConfidence
    language: Annotated[
        LanguageTag | None,
        Field(description="BCP 47 tag of the transcript; null: it is found out."),
    ]


class RetentionChoice(TypedDict, total=False):
    """How long the session is kept; for good by default.

    A change takes effect within minutes, on what is there already, too: fewer days than have passed
    since the session was created delete it.
    """

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]

    recording: Annotated[
        Literal["keep", "delete"],
        Field(description="`delete`: recordings are erased once they are transcribed."),
    ]
    days: Annotated[
        Annotated[int, Field(strict=True, ge=1, le=MAX_RETENTION_DAYS)] | None,
        Field(description="Days after its creation when the session is deleted; null: never."),
    ]


class SessionSettings(TypedDict, total=False):
    """JSON of the client's own beside `analysis` and `retention`.

    At most 16 KiB, 10 levels, no list directly in a list, no empty keys and none like `__this__`,
    keys of at most 1,500 bytes, whole numbers of 64 bits.
    """

    __pydantic_config__ = ConfigDict(extra="allow")  # type: ignore[misc]

    analysis: AnalysisChoice
    retention: RetentionChoice


def _check_settings(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    _check_value(settings, 1)
    if len(to_json(settings)) > MAX_SETTINGS_BYTES:
        raise PydanticCustomError("settings", "must be at most 16 KiB of JSON")
    return settings


def _check_value(value: Any, depth: int, in_list: bool = False) -> None:
    if depth > MAX_SETTINGS_DEPTH:
        raise PydanticCustomError("settings", "must be nested at most 10 levels deep")
    if isinstance(value, dict):
        for key, member in value.items():
            _check_key(key)
            _check_value(member, depth + 1)
    elif isinstance(value, list):
        if in_list:
            raise PydanticCustomError("settings", "must not hold a list directly in a list")
        for member in value:
            _check_value(member, depth + 1, in_list=True)
    else:
        _check_scalar(value)


def _check_key(key: str) -> None:
    if not key or (key.startswith("__") and key.endswith("__")) or not _is_text(key):
        raise PydanticCustomError("settings", "must have no empty keys and none like __this__")
    if len(key.encode()) > MAX_SETTINGS_KEY_BYTES:
        raise PydanticCustomError("settings", "must have keys of at most 1,500 bytes")


def _check_scalar(value: Any) -> None:
    if isinstance(value, int) and not -_INT64 <= value < _INT64:
        raise PydanticCustomError("settings", "must hold whole numbers of at most 64 bits")
    if isinstance(value, float) and not math.isfinite(value):
        raise PydanticCustomError("settings", "must hold finite numbers")
    if isinstance(value, str) and not _is_text(value):
        raise PydanticCustomError("settings", "must hold valid Unicode text")


def _is_text(value: str) -> bool:
    # JSON can spell half of a surrogate pair, which no encoding can carry on.
    return not any("\ud800" <= character <= "\udfff" for character in value)


Settings = Annotated[SessionSettings, AfterValidator(_check_settings)]
