"""The local analyser: the shipped model and the rules around it, on this machine only."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

import numpy as np

from shared.analysis.encoder import Floats, Readings, SentenceEncoder, shared_encoder
from shared.analysis.evidence import keep_evident
from shared.analysis.heads import Stated, shared_heads
from shared.analysis.language import ENGLISH
from shared.analysis.passage import Passage
from shared.analysis.sentences import Sentence, is_monologue, split_sentences
from shared.analysis.summary import find_highlights
from shared.analysis.tasks.actions.task import ActionTask
from shared.analysis.tasks.beliefs.task import BeliefTask
from shared.analysis.tasks.challenges.task import ChallengeTask
from shared.analysis.tasks.emotions.task import EmotionTask
from shared.analysis.tasks.insights.patterns import find_patterns
from shared.analysis.tasks.insights.task import InsightTask
from shared.analysis.tasks.topics.task import TopicTask
from shared.analysis.tasks.topics.taxonomy import Taxonomy
from shared.domain.elements import Elements, Provenance
from shared.domain.window import Window

ENGINE = "local"
# Raised with every change of rules, vocabulary or thresholds; the model carries its own version.
RULES_VERSION = "8"


class LocalAnalyzer:
    """Implements the `Analyzer` port: deterministic, offline, linear in the length of the text."""

    def __init__(
        self, encoder: SentenceEncoder | None = None, taxonomy: Taxonomy | None = None
    ) -> None:
        self._encoder = encoder or shared_encoder()
        self._heads = shared_heads()
        self._emotions = EmotionTask(self._encoder)
        self._topics = TopicTask(self._encoder, taxonomy)
        self._insights = InsightTask()
        self._beliefs = BeliefTask()
        self._challenges = ChallengeTask()
        self._actions = ActionTask()

    @property
    def provenance(self) -> Provenance:
        """What the elements name as their maker: model weights, rules and a taxonomy if given."""
        known, taxonomy = self._encoder.calibration, self._topics.taxonomy
        version = f"{known.version}+rules.{RULES_VERSION}"
        topics = f"+topics.{taxonomy.mark}" if taxonomy.own else ""
        return Provenance(ENGINE, known.model, version + topics)

    languages = frozenset({ENGLISH})

    def analyze(self, window: Window, session_date: datetime) -> Elements:
        """Return the elements of the window; every quote stands in its segments or context.

        Args:
            session_date: of the session; due dates are reckoned from its day.
        """
        passage = self._read(window, session_date.date())
        hits = self._topics.hits(passage)
        found = Elements(
            emotions=self._emotions.find(passage),
            topics=self._topics.find(passage, hits),
            insights=self._insights.find(passage),
            beliefs=self._beliefs.find(passage),
            challenges=self._challenges.find(passage, hits),
            action_items=self._actions.find(passage),
        )
        kept = keep_evident(found, (*window.before, *window.segments, *window.after))
        vectors = _signed_bytes(passage.readings.vectors)
        highlights = find_highlights(passage.sentences, vectors, kept, self.provenance)
        return replace(kept, highlights=highlights)

    def merge(self, windows: Sequence[Elements], session_date: datetime) -> Elements:
        """Return the patterns that the session's own counts show."""
        return Elements(insights=find_patterns(windows, self.provenance))

    def _read(self, window: Window, session_day: date) -> Passage:
        before, after = split_sentences(window.before), split_sentences(window.after)
        sentences = split_sentences(window.segments)
        readings = self._readings(sentences)
        return Passage(
            sentences=sentences,
            before=before,
            after=after,
            readings=readings,
            stated=self._stated(before, sentences, after, readings),
            provenance=self.provenance,
            session_day=session_day,
        )

    def _stated(
        self,
        before: Sequence[Sentence],
        sentences: Sequence[Sentence],
        after: Sequence[Sentence],
        readings: Readings,
    ) -> Stated:
        """Score the window's sentences, and of its neighbours what may be agreed with them.

        These are the therapist's proposals before it and the client's words after it.
        """
        context = [*before, *sentences, *after]
        own = range(len(before), len(before) + len(sentences))
        scores = np.full((len(context), len(self._heads.names)), np.nan, np.float32)
        scores[own.start : own.stop] = readings.statements
        rows = [
            row
            for row, sentence in enumerate(context)
            if row not in own and sentence.is_client == (row >= own.stop)
        ]
        scores[rows] = self._readings([context[row] for row in rows]).statements
        return Stated(self._heads, scores, is_alone=is_monologue(context))

    def _readings(self, sentences: Sequence[Sentence]) -> Readings:
        """Read each different text once: people repeat themselves ("Yeah.")."""
        rows: dict[str, int] = {}
        for sentence in sentences:
            rows.setdefault(sentence.own.strip(), len(rows))
        read = self._encoder.read(list(rows))
        order = np.array([rows[sentence.own.strip()] for sentence in sentences], dtype=np.int64)
        return read.of(order)


def _signed_bytes(vectors: Floats) -> list[bytes]:
    """Each row as signed bytes, its largest value 127 or -127."""
    most = np.abs(vectors).max(axis=1, keepdims=True, initial=np.finfo(np.float32).tiny)
    return [row.tobytes() for row in np.rint(vectors * (127 / most)).astype(np.int8)]
