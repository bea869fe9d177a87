"""The only place where adapters meet use cases.

Each port is made when it is first asked for, and its adapter imported then: a function pays for
what it uses.
"""

from __future__ import annotations

import gc
import os
import secrets
import string
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Final

from flask import Request, Response

from shared.config import Config, ConfigurationError
from shared.edge import logs
from shared.edge.call import LiveServices, PushVerifier, Services
from shared.edge.serving import Handler, serve
from shared.endpoints import BY_NAME, Caller, Endpoint

if TYPE_CHECKING:
    from shared.adapters.embedded.blobs import FileBlobs
    from shared.adapters.embedded.database import Database
    from shared.adapters.embedded.identity import LocalIdentity
    from shared.adapters.embedded.tasks import SqliteTasks
    from shared.adapters.embedded.upload_sessions import UploadSessions
    from shared.analysis.tasks.topics.taxonomy import Taxonomy
    from shared.application.ports import (
        Analyzer,
        Blobs,
        Documents,
        Identity,
        Listener,
        Tasks,
        TranscriptReader,
    )
    from shared.application.speech_ports import SoundReader, Transcriber

_ID_CHARACTERS: Final = string.ascii_letters + string.digits
_ID_CHARS: Final = 20
_services: Services | None = None


class _Engines:
    """What does not depend on the platform."""

    def __init__(self, config: Config) -> None:
        self.config = config

    @cached_property
    def analyzer(self) -> Analyzer:
        if self.config.analyzer == "noop":
            from shared.analysis.noop import NoopAnalyzer

            return NoopAnalyzer()
        if self.config.analyzer == "gemini":
            return _gemini(self.config)
        from shared.analysis.engine import LocalAnalyzer

        return LocalAnalyzer(taxonomy=_taxonomy(self.config))

    @cached_property
    def reader(self) -> TranscriptReader:
        from shared.speech.reader import TextTranscriptReader

        return TextTranscriptReader()

    @cached_property
    def sound(self) -> SoundReader:
        from shared.speech.hearing import MediaSoundReader

        return MediaSoundReader()

    @cached_property
    def transcriber(self) -> Transcriber | None:
        if self.config.transcriber == "none":
            return None
        return _TRANSCRIBERS[self.config.transcriber](self.config, self.transcripts)

    @property
    def transcripts(self) -> Blobs:
        raise NotImplementedError

    def now(self) -> datetime:
        return datetime.now(UTC)

    def new_id(self) -> str:
        return "".join(secrets.choice(_ID_CHARACTERS) for _ in range(_ID_CHARS))


class EmbeddedServices(_Engines):
    """Everything in one directory on this machine."""

    @cached_property
    def documents(self) -> Documents:
        from shared.adapters.embedded.documents import SqliteDocuments

        return SqliteDocuments(self.config.data_dir / "documents.db")

    @cached_property
    def uploads(self) -> FileBlobs:
        return self._bucket(self.config.uploads_bucket, notifies=True)

    @cached_property
    def upload_sessions(self) -> UploadSessions:
        """Where the gateway puts the bytes that come by an upload session's URL."""
        from shared.adapters.embedded.upload_sessions import UploadSessions

        return UploadSessions(self.config.data_dir / "blobs", self.ledger)

    @cached_property
    def transcripts(self) -> FileBlobs:
        return self._bucket(self.config.transcripts_bucket, notifies=False)

    @cached_property
    def tasks(self) -> SqliteTasks:
        from shared.adapters.embedded.tasks import SqliteTasks

        return SqliteTasks(self.ledger)

    @cached_property
    def ledger(self) -> Database:
        """The database of messages and blobs, which the dispatcher shares."""
        from shared.adapters.embedded.ledger import open_ledger

        return open_ledger(self.config.data_dir / "ledger.db")

    @cached_property
    def push_secret(self) -> bytes:
        """What the dispatcher signs its pushes with."""
        from shared.adapters.embedded.push_token import push_secret

        return push_secret(self.config.data_dir / "push.key")

    @cached_property
    def push_verifier(self) -> PushVerifier:
        from shared.adapters.embedded.push_token import PushVerifier

        return PushVerifier(self.push_secret)

    @cached_property
    def identity(self) -> LocalIdentity:
        from shared.adapters.embedded.identity import LocalIdentity

        return LocalIdentity(self.config.data_dir / "identity", self.config.project)

    @cached_property
    def listener(self) -> Listener:
        """What the relay hears of new events by."""
        from shared.adapters.embedded.listening import SqliteListener

        return SqliteListener(self.config.data_dir / "documents.db")

    def _bucket(self, name: str, *, notifies: bool) -> FileBlobs:
        from shared.adapters.embedded.blobs import FileBlobs

        return FileBlobs(self.config.data_dir / "blobs", name, self.ledger, notifies=notifies)


class GoogleServices(_Engines):
    """Firestore, Cloud Storage, Pub/Sub and Firebase Auth."""

    @cached_property
    def documents(self) -> Documents:
        from shared.adapters.google.documents import FirestoreDocuments

        return FirestoreDocuments(self.config.project, database=self.config.firestore_database)

    @cached_property
    def uploads(self) -> Blobs:
        return self._bucket(self.config.uploads_bucket)

    @cached_property
    def transcripts(self) -> Blobs:
        return self._bucket(self.config.transcripts_bucket)

    @cached_property
    def tasks(self) -> Tasks:
        from shared.adapters.google.tasks import PubSubTasks

        return PubSubTasks(self.config.project)

    @cached_property
    def push_verifier(self) -> PushVerifier:
        from shared.adapters.google.certificates import GOOGLE_KEYS_URL
        from shared.adapters.google.push import OidcPush

        given, emulated = self.config, self.config.push_keys_host
        keys_url = f"http://{emulated}/oauth2/v3/certs" if emulated else GOOGLE_KEYS_URL
        audience, account = given.push_audience or "", given.push_service_account or ""
        return OidcPush(audience, account, keys_url=keys_url)

    @cached_property
    def identity(self) -> Identity:
        from shared.adapters.google.identity import FirebaseIdentity
        from shared.adapters.google.revocations import Revocations

        return FirebaseIdentity(self.config.project, revocations=Revocations(self.documents))

    @cached_property
    def listener(self) -> Listener:
        """What the relay hears of new events by."""
        from shared.adapters.google.listening import FirestoreListener

        return FirestoreListener(self.config.project, database=self.config.firestore_database)

    def _bucket(self, name: str) -> Blobs:
        from shared.adapters.google.blobs import CloudStorageBlobs

        return CloudStorageBlobs(self.config.project, name)


def _taxonomy(config: Config) -> Taxonomy | None:
    if config.taxonomy is None:
        return None
    from shared.analysis.tasks.topics.taxonomy import read_taxonomy

    return read_taxonomy(config.taxonomy.read_bytes())


def _google_speech(config: Config, blobs: Blobs) -> Transcriber:
    from shared.adapters.google.speech import SpeechSettings, SpeechToText

    settings = SpeechSettings(
        project=config.project,
        location=config.speech_location or "",
        bucket=config.transcripts_bucket,
        model=config.speech_model,
        language=config.speech_language,
    )
    return SpeechToText(blobs, settings)


def _whisper(config: Config, blobs: Blobs) -> Transcriber:
    from shared.adapters.embedded.whisper import WhisperTranscriber

    if config.whisper_model_dir is None:
        raise ConfigurationError("INSIGHT_WHISPER_MODEL_DIR must be set.")
    return WhisperTranscriber(blobs, config.whisper_model_dir, config.speech_language)


def _sphinx(config: Config, blobs: Blobs) -> Transcriber:
    from shared.adapters.embedded.sphinx import SphinxTranscriber

    return SphinxTranscriber(blobs)


_TRANSCRIBERS: Final = {"pocketsphinx": _sphinx, "whisper": _whisper, "google": _google_speech}


def _gemini(config: Config) -> Analyzer:
    from shared.adapters.google.gemini.analyzer import GeminiAnalyzer
    from shared.adapters.google.gemini.model import VertexModel

    if config.gemini_location is None:
        raise ConfigurationError("INSIGHT_ANALYZER=gemini needs INSIGHT_GEMINI_LOCATION to be set.")
    model = VertexModel(config.project, config.gemini_location, config.gemini_model)
    tokens = config.gemini_tokens_per_transcript
    return GeminiAnalyzer(model, tokens, taxonomy=_taxonomy(config))


def services_for(config: Config) -> Services:
    """The services of the platform that `config` names."""
    return GoogleServices(config) if config.platform == "google" else EmbeddedServices(config)


def services() -> Services:
    """This process's services, made from the environment unless `use` gave others.

    Raises:
        ConfigurationError: if the environment does not allow the process to start.
    """
    global _services
    if _services is None:
        _services = services_for(Config.from_environment(os.environ))
    return _services


def live_services() -> LiveServices:
    """This process's services with a listener, for the relay.

    Raises:
        ConfigurationError: the environment forbids to start.
    """
    given = services()
    if not isinstance(given, EmbeddedServices | GoogleServices):
        raise ConfigurationError("These services have no listener.")
    return given


def use(given: Services | None) -> None:
    """Serves from `given` from now on; None goes back to the environment's."""
    global _services
    _services = given


def function(name: str) -> Callable[[Handler], Callable[[Request], Response]]:
    """Makes a handler the function of the endpoint `name`.

    Reading the configuration here makes a process that must not start fail before its first
    request; loading what every call needs spares the first one the wait.
    """
    endpoint = BY_NAME[name]

    def wrap(handler: Handler) -> Callable[[Request], Response]:
        config = services().config
        logs.configure(config.log_level, config.project)
        _load(endpoint, services())

        def target(request: Request) -> Response:
            return serve(request, endpoint, handler, services())

        target.__name__ = name
        target.__doc__ = handler.__doc__
        return target

    return wrap


def _load(endpoint: Endpoint, given: Services) -> None:
    """Imports the clients that every call of `endpoint` needs, while it starts."""
    if endpoint.caller is Caller.ANYONE:
        return
    with _uncollected():
        _ = given.documents
        _ = given.identity if endpoint.caller is Caller.USER else given.push_verifier


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keeps the garbage collector from searching modules that are there to stay.

    Google's clients make some 60,000 objects while they are imported, among which it would look
    for garbage a hundred times: a sixth of the time to start. Frozen, they are left alone
    afterwards, too (docs.python.org/3/library/gc.html#gc.freeze).
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if was_enabled:
            gc.enable()
