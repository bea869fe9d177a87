"""Who is the client and who the therapist."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shared.domain.transcript import Role, Speaker

from .labels import NAMED, role_of_label
from .manner import Manner, manner_of, therapist_likelihoods
from .names import words_of

# Below this a role is a guess that would mislead; the speaker stays unknown.
MIN_CONFIDENCE = 0.75
# Beside one named therapist, the only other voice is the client's, but for a guest or a parent.
_ELIMINATION = 0.95
_ONE_WRITER = 0.8


def cast_roles(
    speech: Sequence[tuple[str | None, str]], given: Mapping[str, Role], *, one_writer: bool
) -> dict[str | None, Speaker]:
    """The speakers of a transcript by label, in order of appearance.

    Args:
        speech: (label, words spoken) of each segment.
        given: roles that the source gives to names.
        one_writer: it is prose of a single writer.
    """
    texts: dict[str | None, list[str]] = {}
    for label, words in speech:
        texts.setdefault(label, []).append(words)
    if one_writer:
        return {label: _writer(label, manner_of(words)) for label, words in texts.items()}
    speakers = _without_rivals({label: _by_label(label, given) for label in texts})
    return _by_manner(speakers, {label: manner_of(words) for label, words in texts.items()})


def _writer(label: str | None, manner: Manner) -> Speaker:
    # Notes on somebody ("Client reports...") are prose of one writer too, and not the client's.
    if manner.speaks_of_clients > manner.first_person:
        return Speaker(label, Role.UNKNOWN, 0.0, "none")
    return Speaker(label, Role.CLIENT, _ONE_WRITER, "single")


def _by_label(label: str | None, given: Mapping[str, Role]) -> Speaker:
    if label is not None and label in given:
        return Speaker(label, given[label], NAMED, "label")
    role, confidence = (Role.UNKNOWN, 0.0) if label is None else role_of_label(label)
    return Speaker(label, role, confidence, "none" if role is Role.UNKNOWN else "label")


def _without_rivals(speakers: Mapping[str | None, Speaker]) -> dict[str | None, Speaker]:
    """Beside a P, the patient, C is no client but the counsellor or clinician: left to be found."""
    letters = {label: _letter(label) for label in speakers}
    led = any(speaker.role is Role.THERAPIST for speaker in speakers.values())
    if led or "p" not in letters.values():
        return dict(speakers)
    return {
        label: Speaker(label, Role.UNKNOWN, 0.0, "none")
        if letters[label] == "c" and speaker.confidence < NAMED
        else speaker
        for label, speaker in speakers.items()
    }


def _letter(label: str | None) -> str:
    """`c` of `C`, `C.` or `C2`; empty for words."""
    letters = "".join(words_of(label or "")).rstrip("0123456789")
    return letters if len(letters) == 1 else ""


def _by_manner(
    speakers: Mapping[str | None, Speaker], manners: Mapping[str | None, Manner]
) -> dict[str | None, Speaker]:
    open_labels = [s.label for s in speakers.values() if s.label and s.role is Role.UNKNOWN]
    therapist_known = any(s.role is Role.THERAPIST for s in speakers.values())
    client_known = any(s.role is Role.CLIENT for s in speakers.values())
    likelihoods = therapist_likelihoods({s: m for s, m in manners.items() if s is not None})
    resolved = dict(speakers)
    for label in open_labels:
        if len(speakers) == 2 and therapist_known != client_known:
            role = Role.CLIENT if therapist_known else Role.THERAPIST
            resolved[label] = Speaker(label, role, _ELIMINATION, "elimination")
        else:
            resolved[label] = _guess(label, likelihoods[label])
    return resolved


def _guess(label: str, likelihood: float) -> Speaker:
    confidence = max(likelihood, 1 - likelihood)
    if confidence < MIN_CONFIDENCE:
        return Speaker(label, Role.UNKNOWN, 0.0, "none")
    role = Role.THERAPIST if likelihood > 0.5 else Role.CLIENT
    return Speaker(label, role, round(confidence, 2), "speech")
