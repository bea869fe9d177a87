"""Configuration: the only reader of the environment.

The table in README.md lists every variable; `tests/unit/test_config.py` holds the two together.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, cast, get_args

Platform = Literal["embedded", "google"]
AnalyzerName = Literal["local", "gemini", "noop"]
TranscriberName = Literal["none", "pocketsphinx", "whisper", "google"]

_ORIGIN: Final = re.compile(r"[a-z][a-z0-9+.-]*://[a-z0-9.\[\]:_-]+")


class ConfigurationError(RuntimeError):
    """The process must not start like this; the message says what to set."""


@dataclass(frozen=True, slots=True)
class Config:
    """Everything that a deployment may choose.

    Attributes:
        platform: which adapters serve the ports (`INSIGHT_PLATFORM`).
        data_dir: where the embedded platform keeps everything (`INSIGHT_DATA_DIR`).
        project: Google Cloud project; embedded: the audience of tokens (`GOOGLE_CLOUD_PROJECT`).
        firestore_database: (`INSIGHT_FIRESTORE_DATABASE`).
        uploads_bucket: bucket of people's content; it notifies (`INSIGHT_UPLOADS_BUCKET`).
        transcripts_bucket: (`INSIGHT_TRANSCRIPTS_BUCKET`).
        push_audience: audience that a push token must name (`INSIGHT_PUSH_AUDIENCE`).
        push_service_account: e-mail that a push token must carry (`INSIGHT_PUSH_SERVICE_ACCOUNT`).
        cors_origins: browsers' origins that may call, comma-separated (`INSIGHT_CORS_ORIGINS`).
        analyzer: engine that finds elements (`INSIGHT_ANALYZER`).
        taxonomy: file with the deployment's own topics, checked here; the shipped ones without it
            (`INSIGHT_TAXONOMY`).
        gemini_model: model on Vertex AI, of Gemini 3 or later (`INSIGHT_GEMINI_MODEL`).
        gemini_location: where Vertex AI may read transcripts (`INSIGHT_GEMINI_LOCATION`).
        gemini_tokens_per_transcript: the most that one analysis of one transcript may cost, each of
            its windows delivered once (`INSIGHT_GEMINI_TOKENS_PER_TRANSCRIPT`).
        transcriber: engine that hears words in recordings; `none` only keeps them
            (`INSIGHT_TRANSCRIBER`).
        whisper_model_dir: CTranslate2 model that faster-whisper reads
            (`INSIGHT_WHISPER_MODEL_DIR`).
        speech_location: where Google Speech-to-Text may hear recordings
            (`INSIGHT_SPEECH_LOCATION`).
        speech_model: of Google Speech-to-Text v2 (`INSIGHT_SPEECH_MODEL`).
        speech_language: spoken in the recordings, BCP 47 (`INSIGHT_SPEECH_LANGUAGE`).
        stalled_after_s: how long an analysis may stand still before the sweep publishes its tasks
            again (`INSIGHT_STALLED_AFTER_S`).
        log_level: (`INSIGHT_LOG_LEVEL`).
        push_keys_host: has the keys of push tokens in Google's place
            (`PUSH_KEYS_EMULATOR_HOST`).
        host, port: where the relay listens (`HOST`; `PORT`, set by Cloud Run).
        service: name of the Cloud Run service, None elsewhere (`K_SERVICE`, set by Cloud Run).
    """

    platform: Platform = "embedded"
    data_dir: Path = Path(".insight")
    project: str = "insight-local"
    firestore_database: str = "(default)"
    uploads_bucket: str = "uploads"
    transcripts_bucket: str = "transcripts"
    push_audience: str | None = None
    push_service_account: str | None = None
    cors_origins: tuple[str, ...] = ()
    analyzer: AnalyzerName = "local"
    taxonomy: Path | None = None
    gemini_model: str = "gemini-3.5-flash"
    gemini_location: str | None = None
    gemini_tokens_per_transcript: int = 1_000_000
    transcriber: TranscriberName = "pocketsphinx"
    whisper_model_dir: Path | None = None
    speech_location: str | None = None
    speech_model: str = "chirp_2"
    speech_language: str = "en-US"
    stalled_after_s: float = 120.0
    log_level: str = "INFO"
    push_keys_host: str | None = None
    host: str = "0.0.0.0"  # noqa: S104
    port: int = 8080
    service: str | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Config:
        """Reads and checks the environment.

        Raises:
            ConfigurationError: for a value that is not allowed, and in Cloud Run if an emulator
                variable is set: firebase-admin would then accept unsigned tokens.
        """
        service = environment.get("K_SERVICE")
        if service:
            _refuse_emulators(environment)
        config = cls(
            platform=cast(Platform, _one_of(environment, "INSIGHT_PLATFORM", Platform, "embedded")),
            data_dir=Path(environment.get("INSIGHT_DATA_DIR", ".insight")),
            project=environment.get("GOOGLE_CLOUD_PROJECT", "insight-local"),
            firestore_database=environment.get("INSIGHT_FIRESTORE_DATABASE", "(default)"),
            uploads_bucket=environment.get("INSIGHT_UPLOADS_BUCKET", "uploads"),
            transcripts_bucket=environment.get("INSIGHT_TRANSCRIPTS_BUCKET", "transcripts"),
            push_audience=environment.get("INSIGHT_PUSH_AUDIENCE") or None,
            push_service_account=environment.get("INSIGHT_PUSH_SERVICE_ACCOUNT") or None,
            cors_origins=_origins(environment),
            analyzer=cast(
                AnalyzerName, _one_of(environment, "INSIGHT_ANALYZER", AnalyzerName, "local")
            ),
            taxonomy=_taxonomy(environment),
            gemini_model=environment.get("INSIGHT_GEMINI_MODEL", "gemini-3.5-flash"),
            gemini_location=environment.get("INSIGHT_GEMINI_LOCATION") or None,
            gemini_tokens_per_transcript=_tokens(environment),
            transcriber=_transcriber(environment),
            whisper_model_dir=_directory(environment, "INSIGHT_WHISPER_MODEL_DIR"),
            speech_location=environment.get("INSIGHT_SPEECH_LOCATION") or None,
            speech_model=environment.get("INSIGHT_SPEECH_MODEL", "chirp_2"),
            speech_language=environment.get("INSIGHT_SPEECH_LANGUAGE", "en-US"),
            stalled_after_s=_positive(environment, "INSIGHT_STALLED_AFTER_S", 120.0),
            log_level=environment.get("INSIGHT_LOG_LEVEL", "INFO").upper(),
            push_keys_host=environment.get("PUSH_KEYS_EMULATOR_HOST") or None,
            host=environment.get("HOST", "0.0.0.0"),  # noqa: S104
            port=_port(environment),
            service=service,
        )
        _require_push_identity(config)
        _require_location(config)
        return config


def _refuse_emulators(environment: Mapping[str, str]) -> None:
    emulators = sorted(name for name in environment if name.endswith("_EMULATOR_HOST"))
    if emulators:
        raise ConfigurationError(f"{', '.join(emulators)} must not be set in Cloud Run.")


def _require_push_identity(config: Config) -> None:
    if config.service and not (config.push_audience and config.push_service_account):
        raise ConfigurationError(
            "INSIGHT_PUSH_AUDIENCE and INSIGHT_PUSH_SERVICE_ACCOUNT must be set in Cloud Run."
        )


def _require_location(config: Config) -> None:
    # Where the most private of texts are read is nobody's to choose but the operator's.
    if config.analyzer == "gemini" and config.gemini_location is None:
        raise ConfigurationError("INSIGHT_ANALYZER=gemini needs INSIGHT_GEMINI_LOCATION to be set.")
    if config.transcriber == "google" and config.speech_location is None:
        raise ConfigurationError(
            "INSIGHT_TRANSCRIBER=google needs INSIGHT_SPEECH_LOCATION to be set."
        )
    if config.transcriber == "google" and config.platform != "google":
        raise ConfigurationError("INSIGHT_TRANSCRIBER=google needs INSIGHT_PLATFORM=google.")
    if config.transcriber == "whisper" and config.whisper_model_dir is None:
        raise ConfigurationError(
            "INSIGHT_TRANSCRIBER=whisper needs INSIGHT_WHISPER_MODEL_DIR to be set."
        )


def _transcriber(environment: Mapping[str, str]) -> TranscriberName:
    # On one machine the engine that comes with it hears; in the cloud somebody chooses.
    embedded = environment.get("INSIGHT_PLATFORM", "embedded") == "embedded"
    default = "pocketsphinx" if embedded else "none"
    chosen = _one_of(environment, "INSIGHT_TRANSCRIBER", TranscriberName, default)
    return cast(TranscriberName, chosen)


def _directory(environment: Mapping[str, str], name: str) -> Path | None:
    value = environment.get(name)
    return Path(value) if value else None


def _taxonomy(environment: Mapping[str, str]) -> Path | None:
    name = environment.get("INSIGHT_TAXONOMY")
    if not name:
        return None
    # Few deployments have topics of their own; the others need not wait for what checks them.
    from shared.analysis.tasks.topics.taxonomy import TaxonomyInvalid, read_taxonomy

    try:
        read_taxonomy(Path(name).read_bytes())
    except OSError as error:
        why = f"{name} cannot be read: {error.strerror}"
        raise ConfigurationError(f"INSIGHT_TAXONOMY: {why}.") from None
    except TaxonomyInvalid as error:
        raise ConfigurationError(f"INSIGHT_TAXONOMY: {name}: {error}.") from None
    return Path(name)


def _one_of(environment: Mapping[str, str], name: str, choices: object, default: str) -> str:
    value = environment.get(name, default)
    allowed = get_args(choices)
    if value not in allowed:
        raise ConfigurationError(f"{name} is {value!r}; it must be one of {', '.join(allowed)}.")
    return value


def _positive(environment: Mapping[str, str], name: str, default: float) -> float:
    try:
        value = float(environment.get(name, default))
    except ValueError:
        value = 0.0
    if not value > 0:
        raise ConfigurationError(f"{name} must be a number of seconds above 0.")
    return value


def _tokens(environment: Mapping[str, str]) -> int:
    value = environment.get("INSIGHT_GEMINI_TOKENS_PER_TRANSCRIPT", "1000000")
    if not (value.isascii() and value.isdigit() and int(value) > 0):
        raise ConfigurationError(
            "INSIGHT_GEMINI_TOKENS_PER_TRANSCRIPT must be a whole number above 0."
        )
    return int(value)


def _port(environment: Mapping[str, str]) -> int:
    value = environment.get("PORT", "8080")
    if not (value.isascii() and value.isdigit() and int(value) < 65_536):
        raise ConfigurationError("PORT must be a number from 0 to 65535.")
    return int(value)


def _origins(environment: Mapping[str, str]) -> tuple[str, ...]:
    given = environment.get("INSIGHT_CORS_ORIGINS", "").split(",")
    origins = tuple(origin.strip() for origin in given if origin.strip())
    # What browsers send has no path, not even a slash: such a setting would let nobody in.
    wrong = [origin for origin in origins if not _ORIGIN.fullmatch(origin)]
    if wrong:
        raise ConfigurationError(
            f"INSIGHT_CORS_ORIGINS has {wrong[0]!r}; an origin is like https://app.example."
        )
    return origins
