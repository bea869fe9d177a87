"""What each service account may do: exactly what its functions do.

`tests/integration/test_rights.py` runs the functions with these rights and nothing more, and fails
for a right that none of them uses.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from shared.endpoint import Account


class Access(IntEnum):
    """How much of a store is open; more includes less."""

    NONE = 0
    READ = 1
    WRITE = 2


@dataclass(frozen=True, slots=True)
class Rights:
    """What an account may do.

    Attributes:
        documents, uploads, transcripts: of the database and of each bucket.
        topics: to which it may publish.
        users: whether it asks Firebase if a token is revoked.
        calls_gemini: whether it calls Vertex AI where the analyser is Gemini.
        calls_speech: whether it calls Speech-to-Text where that is the transcriber.
    """

    documents: Access = Access.NONE
    uploads: Access = Access.NONE
    transcripts: Access = Access.NONE
    topics: tuple[str, ...] = ()
    users: bool = False
    calls_gemini: bool = False
    calls_speech: bool = False


RIGHTS: Final[Mapping[Account, Rights]] = {
    Account.OPEN: Rights(),
    Account.READER: Rights(Access.READ, transcripts=Access.READ, users=True),
    Account.WRITER: Rights(
        Access.WRITE,
        uploads=Access.WRITE,
        transcripts=Access.READ,
        topics=("analyses", "purges"),
        users=True,
    ),
    Account.RECEIVER: Rights(
        Access.WRITE,
        uploads=Access.WRITE,
        transcripts=Access.WRITE,
        topics=("recordings", "windows"),
    ),
    Account.TRANSCRIBER: Rights(
        Access.WRITE,
        uploads=Access.READ,
        transcripts=Access.WRITE,
        topics=("assemblies", "chunks", "voices", "windows"),
        calls_speech=True,
    ),
    Account.ANALYST: Rights(Access.WRITE, transcripts=Access.READ, calls_gemini=True),
    # What Speech-to-Text still does for a deleted session is cancelled.
    Account.PURGER: Rights(
        Access.WRITE, uploads=Access.WRITE, transcripts=Access.WRITE, calls_speech=True
    ),
    Account.KEEPER: Rights(
        Access.WRITE, uploads=Access.WRITE, topics=("analyses", "purges", "windows")
    ),
    Account.RELAY: Rights(Access.WRITE, users=True),
}

# https://cloud.google.com/iam/docs/roles-permissions: a role for each access.
_DOCUMENTS: Final = {Access.READ: "roles/datastore.viewer", Access.WRITE: "roles/datastore.user"}
# Who replaces an object needs the right to delete it, which the creator's role has not.
_OBJECTS: Final = {
    Access.READ: "roles/storage.objectViewer",
    Access.WRITE: "roles/storage.objectUser",
}


@dataclass(frozen=True, slots=True)
class Grant:
    """One role on one thing: `project`, `bucket:uploads`, `bucket:transcripts` or `topic:<name>`.

    Attributes:
        only_with: the engine of Google's that needs it, `gemini` or `speech`; empty: always.
    """

    role: str
    on: str = "project"
    only_with: str = ""


def grants(rights: Rights) -> Iterator[Grant]:
    """The roles that give `rights` and no more."""
    if rights.documents:
        yield Grant(_DOCUMENTS[rights.documents])
    for bucket, access in (("uploads", rights.uploads), ("transcripts", rights.transcripts)):
        if access:
            yield Grant(_OBJECTS[access], f"bucket:{bucket}")
    for topic in rights.topics:
        yield Grant("roles/pubsub.publisher", f"topic:{topic}")
    if rights.users:
        yield Grant("roles/firebaseauth.viewer")
    if rights.calls_gemini:
        yield Grant("roles/aiplatform.user", only_with="gemini")
    if rights.calls_speech:
        yield Grant("roles/speech.client", only_with="speech")


# Who builds and deploys, who asks the new revisions, and in whose name Pub/Sub and Cloud Scheduler
# push. `accounts` and `pipeline` stand for each of the services' accounts and pipeline services.
BUILD: Final = (
    Grant("roles/run.developer"),
    Grant("roles/logging.logWriter"),
    Grant("roles/logging.viewer"),
    Grant("roles/cloudbuild.builds.viewer"),
    Grant("roles/datastore.indexAdmin"),
    Grant("roles/firebaserules.admin"),
    Grant("roles/artifactregistry.writer", "repository"),
    Grant("roles/storage.objectUser", "bucket:deploys"),
    Grant("roles/iam.serviceAccountUser", "accounts"),
)
SMOKE: Final = (Grant("roles/run.invoker", "pipeline"),)
PUSH: Final = (Grant("roles/run.invoker", "pipeline"),)
