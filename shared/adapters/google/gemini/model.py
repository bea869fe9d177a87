"""One request to Gemini on Vertex AI: no tools, temperature 0, a fixed seed, a schema."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2
from google import genai
from google.auth.credentials import Credentials
from google.auth.exceptions import GoogleAuthError, TransportError
from google.genai import types
from google.genai.errors import APIError

from shared.adapters.google.gemini.failures import RequestFailed, RequestRefused
from shared.adapters.google.gemini.prompt import Ask, answer_schema, instruction
from shared.analysis.tasks.topics.taxonomy import Taxonomy

SEED = 20
# The longest that one answer may take; most take a few seconds.
REQUEST_S = 90.0
_MODEL_ROLE = "user"
_RETRIED = frozenset({408, 429, 500, 502, 503, 504})
# What somebody says of harm must be read, not withheld: it is what a session is held for. The
# filters of Vertex AI that cannot be turned off stay in force.
_HARMS = (
    types.HarmCategory.HARM_CATEGORY_DANGEROUS_CONTENT,
    types.HarmCategory.HARM_CATEGORY_HARASSMENT,
    types.HarmCategory.HARM_CATEGORY_HATE_SPEECH,
    types.HarmCategory.HARM_CATEGORY_SEXUALLY_EXPLICIT,
)
_CUT_OFF = frozenset({types.FinishReason.MAX_TOKENS, types.FinishReason.CONTINUATION})
_DECLINED = frozenset(
    {
        types.FinishReason.SAFETY,
        types.FinishReason.RECITATION,
        types.FinishReason.LANGUAGE,
        types.FinishReason.BLOCKLIST,
        types.FinishReason.PROHIBITED_CONTENT,
        types.FinishReason.SPII,
        types.FinishReason.MODEL_ARMOR,
    }
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back.

    Attributes:
        text: empty where the model said nothing.
        cut_off: it ended before its end.
        declined: a filter stood before it or behind it.
        tokens: that it cost, question, thoughts and answer; None where nobody says.
    """

    text: str
    cut_off: bool
    declined: bool
    tokens: int | None


class VertexModel:
    """Counts and generates; every call is one request, and nobody else sends it again.

    Args:
        project, location, model: as Vertex AI names them.
        base_url: where Vertex AI is; its endpoint for `location` when None.
        credentials: the process's own when None.
    """

    def __init__(
        self,
        project: str,
        location: str,
        model: str,
        *,
        base_url: str | None = None,
        credentials: Credentials | None = None,
    ) -> None:
        self.name = model
        self._client = genai.Client(
            vertexai=True,
            project=project,
            location=location,
            credentials=credentials,
            # A client of our own follows no redirect: what is sent goes to Vertex AI or nowhere.
            http_options=types.HttpOptions(base_url=base_url, httpx_client=httpx2.Client()),
        )

    def count(self, ask: Ask, timeout_s: float) -> int:
        """How many tokens the question costs.

        Raises:
            RequestFailed: it may go through later.
            RequestRefused: it never will.
        """
        config = types.CountTokensConfig(
            system_instruction=instruction(ask.taxonomy),
            generation_config=types.GenerationConfig(
                response_json_schema=answer_schema(ask.taxonomy)
            ),
            http_options=_timeout(timeout_s),
        )
        try:
            with _translated(billable=False):
                counted = self._client.models.count_tokens(
                    model=self.name, contents=_contents(ask), config=config
                ).total_tokens
        except (ValueError, RecursionError):
            counted = None
        if counted is None:
            raise RequestFailed(billable=False) from None
        return counted

    def generate(self, ask: Ask, max_tokens: int, timeout_s: float) -> Answer:
        """The model's answer, of at most `max_tokens`, its thoughts included.

        Raises:
            RequestFailed: it may go through later.
            RequestRefused: it never will.
        """
        config = _config(ask.taxonomy, max_tokens, timeout_s)
        try:
            with _translated(billable=True):
                response = self._client.models.generate_content(
                    model=self.name, contents=_contents(ask), config=config
                )
        except (ValueError, RecursionError):
            # The client itself reads the model's JSON, and stumbles over some of what is none.
            return Answer(text="", cut_off=False, declined=False, tokens=None)
        return _answer(response)


def _config(taxonomy: Taxonomy, max_tokens: int, timeout_s: float) -> types.GenerateContentConfig:
    return types.GenerateContentConfig(
        system_instruction=instruction(taxonomy),
        temperature=0.0,
        seed=SEED,
        candidate_count=1,
        max_output_tokens=max_tokens,
        response_mime_type="application/json",
        response_json_schema=answer_schema(taxonomy),
        safety_settings=[
            types.SafetySetting(category=harm, threshold=types.HarmBlockThreshold.OFF)
            for harm in _HARMS
        ],
        # The least that all models since Gemini 3 know.
        thinking_config=types.ThinkingConfig(thinking_level=types.ThinkingLevel.LOW),
        # One call must be one request, or nobody knows beforehand what it costs.
        automatic_continuation=False,
        automatic_function_calling=types.AutomaticFunctionCallingConfig(disable=True),
        http_options=_timeout(timeout_s),
    )


def _contents(ask: Ask) -> list[Any]:
    return [types.Content(role=_MODEL_ROLE, parts=[types.Part(text=text) for text in ask.parts])]


def _timeout(timeout_s: float) -> types.HttpOptions:
    return types.HttpOptions(timeout=max(1, round(1_000 * min(timeout_s, REQUEST_S))))


def _answer(response: types.GenerateContentResponse) -> Answer:
    candidate = response.candidates[0] if response.candidates else None
    feedback, usage = response.prompt_feedback, response.usage_metadata
    reason = candidate.finish_reason if candidate else None
    return Answer(
        text=_said(candidate),
        cut_off=reason in _CUT_OFF,
        declined=reason in _DECLINED or bool(feedback and feedback.block_reason),
        tokens=usage.total_token_count if usage else None,
    )


def _said(candidate: types.Candidate | None) -> str:
    if candidate is None or candidate.content is None:
        return ""
    parts = candidate.content.parts or []
    return "".join(part.text for part in parts if part.text and not part.thought)


@contextmanager
def _translated(*, billable: bool) -> Iterator[None]:
    """Raises our errors in place of the client's, and drops theirs: they may quote content.

    Vertex AI charges for nothing but answers with status 200
    (https://cloud.google.com/vertex-ai/generative-ai/pricing); one that was lost on the way had it.
    """
    try:
        yield
    except APIError as error:
        failed: Exception = (
            RequestFailed(billable=False) if error.code in _RETRIED else RequestRefused(error.code)
        )
    except (httpx2.HTTPError, OSError):
        failed = RequestFailed(billable=billable)
    except GoogleAuthError as error:
        if not (error.retryable or isinstance(error, TransportError)):
            raise
        failed = RequestFailed(billable=False)
    else:
        return
    raise failed from None
