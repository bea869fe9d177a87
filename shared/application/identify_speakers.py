"""Say who the speakers of a transcript are: their names, and who is client and who therapist."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from shared.domain.errors import Conflict, InvalidArgument
from shared.domain.session import Session
from shared.domain.transcript import Role
from shared.domain.upload import SpeakerChange, Upload

from .access import load_owned, save_upload
from .list_uploads import uploads_of
from .ports import Ports, Transaction
from .request_analysis import begin_again, publish_analysis


@dataclass(frozen=True, slots=True)
class SpeakerName:
    """What is to be changed of one speaker; None leaves it.

    Attributes:
        label: as the transcript has it, None for words that stand under no name.
        upload_id: None: in every upload that has this label.
    """

    label: str | None
    name: str | None = None
    role: Role | None = None
    upload_id: str | None = None


def identify_speakers(
    ports: Ports, owner_id: str, session_id: str, names: Sequence[SpeakerName]
) -> list[Upload]:
    """Relabels the transcripts, and analyses anew the windows that this changes.

    Nothing is transcribed again. Names of speakers that are not mentioned stay.

    Returns:
        The session's transcribed uploads as they are now.

    Raises:
        SessionNotFound
        Conflict: if nothing of the session is transcribed yet.
        InvalidArgument: for a label that no transcript has.
    """

    def work(transaction: Transaction) -> tuple[Session | None, list[Upload]]:
        session = load_owned(transaction, owner_id, session_id)
        before = [u for u in uploads_of(transaction, session_id) if u.transcript is not None]
        after = _changed(before, names)
        changed = [upload for upload in after if upload not in before]
        for upload in changed:
            save_upload(transaction, upload)
        if not changed:
            return None, after
        return begin_again(transaction, ports, session, reuse=True), after

    session, uploads = ports.documents.transact(work)
    if session is not None:
        publish_analysis(ports, session)
    return uploads


def _changed(uploads: Sequence[Upload], names: Sequence[SpeakerName]) -> list[Upload]:
    if not uploads:
        raise Conflict("The session has no transcript yet.")
    for index, name in enumerate(names):
        if not any(_speaks(upload, name) for upload in uploads):
            raise InvalidArgument(
                "The transcript has no such speaker.", field=f"speakers.{index}.label"
            )
    return [_named(upload, [n for n in names if _speaks(upload, n)]) for upload in uploads]


def _speaks(upload: Upload, name: SpeakerName) -> bool:
    labels = [speaker.label for speaker in upload.speakers_as_read]
    return name.label in labels and name.upload_id in (None, upload.id)


def _named(upload: Upload, names: Sequence[SpeakerName]) -> Upload:
    changes = {change.label: change for change in upload.speakers}
    for name in names:
        now = changes[name.label]
        changes[name.label] = SpeakerChange(
            name.label, now.name if name.name is None else name.name, name.role or now.role
        )
    known = {change.label: change for change in upload.speakers_as_read}
    kept = tuple(change for label, change in changes.items() if change != known[label])
    return replace(upload, speaker_changes=kept)
