"""The `Analyzer` port on Gemini: ask, check the form, check every quote, keep what stands."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from shared.adapters.google.gemini.elements import make_elements
from shared.adapters.google.gemini.failures import (
    AnalysisDeclined,
    AnswerUnusable,
    RequestFailed,
)
from shared.adapters.google.gemini.model import Answer, VertexModel
from shared.adapters.google.gemini.places import Ground
from shared.adapters.google.gemini.prompt import (
    REPAIR_CUT_OFF,
    REPAIR_MALFORMED,
    Ask,
    ask_for,
    prompt_version,
    segments_by_id,
)
from shared.adapters.google.gemini.retries import Patience
from shared.adapters.google.gemini.schema import AnswerMalformed, Findings, read_findings
from shared.adapters.google.gemini.spend import Allowance, check_window
from shared.analysis.evidence import keep_evident
from shared.analysis.tasks.insights.patterns import find_patterns
from shared.analysis.tasks.topics.taxonomy import Taxonomy, load_taxonomy
from shared.domain.elements import Elements, Provenance
from shared.domain.window import Window

ENGINE = "gemini"
# Raised with every change in what becomes of an answer; what the model is told has its own hash.
RULES_VERSION = "1"
_log: Final = logging.getLogger(__name__)


class GeminiAnalyzer:
    """Implements the `Analyzer` port; every window is sent to Vertex AI.

    Args:
        model: where windows are sent to.
        tokens_per_transcript: the most that one analysis of one transcript may cost, each of its
            windows delivered once; see `spend`.
        patience: makes what bounds the time of one delivery.
        taxonomy: whose topics are looked for; the one that ships when None.
    """

    languages = None

    def __init__(
        self,
        model: VertexModel,
        tokens_per_transcript: int,
        *,
        patience: Callable[[], Patience] = Patience,
        taxonomy: Taxonomy | None = None,
    ) -> None:
        self._model = model
        self._tokens_per_transcript = tokens_per_transcript
        self._patience = patience
        self._taxonomy = taxonomy or load_taxonomy()

    @property
    def provenance(self) -> Provenance:
        """What the elements name as their maker: model, prompt and rules."""
        version = f"{prompt_version(self._taxonomy)}+rules.{RULES_VERSION}"
        return Provenance(ENGINE, self._model.name, version)

    def analyze(self, window: Window, session_date: datetime) -> Elements:
        """Return the elements of the window; every quote stands in its segments or context.

        Raises:
            Unavailable: Vertex AI cannot answer now; a redelivery may find it again.
            SpendLimitReached: it would cost more than is allowed.
            AnalysisDeclined: the model or a filter refuses.
            AnswerUnusable: two answers could not be read.
            RequestRefused: the deployment may not ask this model.
        """
        if not any(segment.spoken.strip() for segment in window.segments):
            return Elements()
        check_window(window.number, self._tokens_per_transcript)
        taxonomy = self._taxonomy
        findings = _Inquiry(self._model, self._patience()).findings(ask_for(window, taxonomy))
        found = make_elements(
            findings, _ground(window), self.provenance, session_date.date(), taxonomy
        )
        _log_yield(findings, found)
        return keep_evident(found, (*window.before, *window.segments, *window.after))

    def merge(self, windows: Sequence[Elements], session_date: datetime) -> Elements:
        """Return the patterns that the session's own counts show; nothing is asked or sent."""
        return Elements(insights=find_patterns(windows, self.provenance))


class _Inquiry:
    """The requests for one window, within its tokens and its time."""

    def __init__(self, model: VertexModel, patience: Patience) -> None:
        self._model = model
        self._patience = patience
        self._allowance = Allowance()

    def findings(self, ask: Ask) -> Findings:
        """Asks, and where the answer cannot be read asks once more."""
        answer = self._ask(ask)
        try:
            return _read(ask, answer)
        except AnswerMalformed:
            repair = REPAIR_CUT_OFF if answer.cut_off else REPAIR_MALFORMED
        _log.warning("an answer of the model could not be read: cut_off=%s", answer.cut_off)
        try:
            return _read(ask, self._ask(replace(ask, repair=repair)))
        except AnswerMalformed:
            raise AnswerUnusable from None

    def _ask(self, ask: Ask) -> Answer:
        tokens = self._patience.retry(lambda: self._model.count(ask, self._patience.left_s))
        return self._patience.retry(lambda: self._generate(ask, tokens))

    def _generate(self, ask: Ask, tokens: int) -> Answer:
        max_tokens = self._allowance.open(tokens)
        try:
            answer = self._model.generate(ask, max_tokens, self._patience.left_s)
        except RequestFailed as failed:
            self._allowance.settle(None if failed.billable else 0)
            raise
        self._allowance.settle(answer.tokens)
        return answer


def _read(ask: Ask, answer: Answer) -> Findings:
    if answer.declined:
        raise AnalysisDeclined
    if answer.cut_off:
        raise AnswerMalformed
    return read_findings(answer.text, ask.taxonomy.by_id)


def _ground(window: Window) -> Ground:
    segments = segments_by_id(window)
    return Ground(segments, frozenset(list(segments)[: len(window.segments)]))


def _log_yield(findings: Findings, found: Elements) -> None:
    kept = sum(1 for _ in found)
    _log.info("model's findings: misshapen=%d kept=%d", findings.misshapen, kept)
