"""What is in a language that the analyser does not read is left alone, and said to be.

It goes window by window, so that a session in two languages is analysed where it can be. Where the
client says which language the session is in, nothing is guessed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from shared.domain.session import Session

from .ports import Analyzer

if TYPE_CHECKING:
    # Whoever only tells the warnings needs neither.
    from shared.domain.analysis_settings import AnalysisSettings
    from shared.domain.window import Window

# Fewer words of no certain language ("Mm-hm.") do no harm in any.
MIN_UNDETERMINED_WORDS: Final = 30
_UNDETERMINED: Final = "und"


def unread_language(window: Window, wanted: AnalysisSettings, analyzer: Analyzer) -> str | None:
    """The language for which `analyzer` should not read `window`; None if it should."""
    if analyzer.languages is None:
        return None
    if wanted.language is not None:
        read = wanted.primary_language in analyzer.languages
        return None if read else wanted.language
    from shared.analysis.language import identify_language

    found = identify_language([segment.spoken for segment in window.segments])
    if found.code in analyzer.languages:
        return None
    if found.code == _UNDETERMINED and found.words < MIN_UNDETERMINED_WORDS:
        return None
    return found.code


def warnings_of(session: Session) -> list[dict[str, Any]]:
    """What a reader of the session's results should know: of languages, and of recordings."""
    analysis = session.analysis
    heard = [{"code": each.code, "message": each.message} for each in analysis.warnings]
    return heard + [
        {
            "code": "language_unknown" if code == _UNDETERMINED else "language_unsupported",
            "message": _message(code, count, analysis.windows_total),
            "language": code,
            "windows": count,
            "windows_total": analysis.windows_total,
        }
        for code, count in analysis.windows_unread.items()
    ]


def _message(code: str, count: int, total: int) -> str:
    which = "The transcript" if count == total else f"{count} of {total} parts of the transcript"
    verb, it = ("is", "it") if count in (1, total) else ("are", "them")
    if code == _UNDETERMINED:
        return (
            f"{which} {verb} in a language that could not be told; nothing was looked for in {it}. "
            "If the analyser reads it, name it in settings.analysis.language and analyse again."
        )
    # Only a warning needs the names of languages.
    from shared.analysis.language import language_name

    return (
        f"{which} {verb} in {language_name(code)}, which the analyser does not read; "
        f"nothing was looked for in {it}."
    )
