"""What goes over the socket of a session's events: one model per type of message."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from shared.domain.session import Stage

from .analysis import AnalysisWarning
from .elements import ActionItem, Belief, Challenge, Emotion, Insight, Topic
from .events import MAX_SEQ
from .transcript import SegmentView
from .wire import Wire


class Message(Wire):
    """What all messages share. `type` and `data` are API.md's."""

    id: int = Field(
        ge=0, le=MAX_SEQ, description="Number of the event: what to send as `after` to resume."
    )
    session_id: str


class Progress(Wire):
    """Where the analysis stands."""

    status: Literal["pending", "processing", "completed", "failed"]
    progress: float = Field(ge=0, le=1)
    revision: int
    windows_done: int
    windows_total: int
    warnings: list[AnalysisWarning] = Field(
        default_factory=list, description="As in `analysis/status`."
    )
    stage: Stage | None = None


class AnalysisProgress(Message):
    """The analysis has come further, begun or ended."""

    type: Literal["analysis_progress"]
    data: Progress


class EmotionData(Wire):
    """An emotion."""

    emotion: Emotion


class NewEmotion(Message):
    """An emotion was found, or has changed: clients replace by its id."""

    type: Literal["new_emotion"]
    data: EmotionData


class TopicData(Wire):
    """A topic."""

    topic: Topic


class NewTopic(Message):
    """A topic was found, or has changed."""

    type: Literal["new_topic"]
    data: TopicData


class InsightData(Wire):
    """An insight."""

    insight: Insight


class NewInsight(Message):
    """An insight was found, or has changed."""

    type: Literal["new_insight"]
    data: InsightData


class BeliefData(Wire):
    """A belief."""

    belief: Belief


class NewBelief(Message):
    """A belief was found, or has changed."""

    type: Literal["new_belief"]
    data: BeliefData


class ChallengeData(Wire):
    """A challenge."""

    challenge: Challenge


class NewChallenge(Message):
    """A challenge was found, or has changed."""

    type: Literal["new_challenge"]
    data: ChallengeData


class ActionItemData(Wire):
    """An action item."""

    action_item: ActionItem


class NewActionItem(Message):
    """An action item was found, or was ticked off or opened again."""

    type: Literal["new_action_item"]
    data: ActionItemData


class TranscriptData(Wire):
    """Segments of the transcript, in order."""

    segments: list[SegmentView]


class TranscriptSegment(Message):
    """What was said in the stretch that was just analysed; its findings follow."""

    type: Literal["transcript_segment"]
    data: TranscriptData


class FailureCause(Wire):
    """Why, in a code and a sentence."""

    code: str
    message: str


class Failure(Wire):
    """What has failed."""

    error: FailureCause | None
    revision: int


class AnalysisFailed(Message):
    """The analysis has failed; what was found before stays readable."""

    type: Literal["analysis_failed"]
    data: Failure


class SessionDeleted(Message):
    """The session was deleted; the socket closes with 4404 behind this."""

    type: Literal["session_deleted"]
    data: dict[str, Any]


class ResetCause(Wire):
    """Why what the client holds no longer stands."""

    reason: Literal["restarted", "reanalyzed", "merged", "date_changed", "expired"]
    revision: int | None = None


class Reset(Message):
    """Read the session again and go on from this id: what was told before no longer stands."""

    type: Literal["reset"]
    data: ResetCause


class Greeting(Wire):
    """What a client sends: first, where header and ticket are missing; later, to stay longer."""

    token: str = Field(max_length=8_192, description="An ID token.")
    after: int = Field(
        0, ge=0, le=MAX_SEQ, description="Id of the last event that was seen; in the first only."
    )


MESSAGES: tuple[type[Message], ...] = (
    AnalysisProgress,
    NewEmotion,
    NewTopic,
    NewInsight,
    NewBelief,
    NewChallenge,
    NewActionItem,
    TranscriptSegment,
    AnalysisFailed,
    SessionDeleted,
    Reset,
)
