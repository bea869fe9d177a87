"""Sessions and uploads as documents, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from shared.domain.session import Analysis, AnalysisStatus, Part, Session
from shared.domain.transcript import Role
from shared.domain.upload import (
    ContentType,
    Fault,
    SpeakerChange,
    TranscriptFacts,
    Upload,
    UploadState,
)


def session_to_record(session: Session) -> dict[str, Any]:
    """The document of a session.

    `standing_since` is there only while an analysis is under way: the sweep finds by it what has
    stood still. `retention_due` is there only if something is to be erased one day.
    """
    record: dict[str, Any] = {
        "owner_id": session.owner_id,
        "graph_id": session.graph_id,
        "title": session.title,
        "description": session.description,
        "date": session.date,
        "duration": session.duration_s,
        "status": str(session.status),
        "archived": session.archived,
        "settings": dict(session.settings),
        "created_at": session.created_at,
        "updated_at": session.updated_at,
        "analysis": _analysis_to_record(session.analysis),
        "recordings": list(session.recordings),
        "ticks": dict(session.ticks),
        "next_seq": session.next_seq,
        "version": session.version,
    }
    if session.analysis.status is AnalysisStatus.PROCESSING:
        record["standing_since"] = session.analysis.updated_at
    if session.retention_due is not None:
        record["retention_due"] = session.retention_due
    if session.events_expire_at is not None:
        record["events_expire_at"] = session.events_expire_at
    return record


def session_from_record(session_id: str, record: Mapping[str, Any]) -> Session:
    """The session that `session_to_record` wrote."""
    return Session(
        id=session_id,
        owner_id=record["owner_id"],
        graph_id=record["graph_id"],
        title=record["title"],
        description=record["description"],
        date=record["date"],
        duration_s=record["duration"],
        settings=record["settings"],
        archived=record["archived"],
        created_at=record["created_at"],
        updated_at=record["updated_at"],
        analysis=_analysis_from_record(record["analysis"]),
        recordings=tuple(record.get("recordings", ())),
        ticks=record["ticks"],
        next_seq=record["next_seq"],
        version=record["version"],
        events_expire_at=record.get("events_expire_at"),
    )


def _analysis_to_record(analysis: Analysis) -> dict[str, Any]:
    return {
        "status": str(analysis.status),
        "progress": analysis.progress,
        "error": _fault_to_record(analysis.fault),
        "revision": analysis.revision,
        "published": analysis.published,
        "windows_total": analysis.windows_total,
        "windows_done": analysis.windows_done,
        "parts": {
            upload_id: {
                "windows": part.windows,
                "done": part.done,
                "unread": dict(part.unread),
                "chunks": part.chunks,
                "transcribed": part.transcribed,
                "error": _fault_to_record(part.fault),
                "warnings": [_fault_to_record(warning) for warning in part.warnings],
            }
            for upload_id, part in analysis.parts.items()
        },
        "waiting": list(analysis.waiting),
        "reuse": analysis.reuse,
        "settings": dict(analysis.settings),
        "updated_at": analysis.updated_at,
    }


def _analysis_from_record(record: Mapping[str, Any]) -> Analysis:
    return Analysis(
        updated_at=record["updated_at"],
        status=AnalysisStatus(record["status"]),
        revision=record["revision"],
        published=record["published"],
        waiting=tuple(record["waiting"]),
        reuse=record.get("reuse", False),
        settings=record.get("settings", {}),
        fault=_fault_from_record(record["error"]),
        parts={upload_id: _part_from_record(part) for upload_id, part in record["parts"].items()},
    )


def _part_from_record(record: Mapping[str, Any]) -> Part:
    return Part(
        windows=record["windows"],
        done=record["done"],
        unread=record.get("unread", {}),
        fault=_fault_from_record(record["error"]),
        chunks=record.get("chunks"),
        transcribed=record.get("transcribed", 0),
        warnings=_warnings_from_record(record),
    )


def _warnings_from_record(record: Mapping[str, Any]) -> tuple[Fault, ...]:
    return tuple(Fault(each["code"], each["message"]) for each in record.get("warnings", ()))


def upload_to_record(upload: Upload) -> dict[str, Any]:
    """The document of an upload."""
    return {
        "session_id": upload.session_id,
        "owner_id": upload.owner_id,
        "filename": upload.filename,
        "type": str(upload.type),
        "content_type": upload.content_type,
        "size": upload.size_bytes,
        "checksum": upload.sha256,
        "generation": upload.generation,
        "state": str(upload.state),
        "error": _fault_to_record(upload.fault),
        "transcript": _facts_to_record(upload.transcript),
        "source_deleted_at": upload.source_deleted_at,
        "corrected_windows": list(upload.corrected_windows),
        "speaker_changes": [
            {"label": change.label, "name": change.name, "role": str(change.role)}
            for change in upload.speaker_changes
        ],
        "created_at": upload.created_at,
    }


def upload_from_record(upload_id: str, record: Mapping[str, Any]) -> Upload:
    """The upload that `upload_to_record` wrote."""
    return Upload(
        id=upload_id,
        session_id=record["session_id"],
        owner_id=record["owner_id"],
        filename=record["filename"],
        type=ContentType(record["type"]),
        content_type=record["content_type"],
        size_bytes=record["size"],
        sha256=record["checksum"],
        generation=record["generation"],
        state=UploadState(record["state"]),
        fault=_fault_from_record(record["error"]),
        transcript=_facts_from_record(record["transcript"]),
        source_deleted_at=record.get("source_deleted_at"),
        corrected_windows=tuple(record.get("corrected_windows", ())),
        speaker_changes=tuple(
            SpeakerChange(change["label"], change["name"], Role(change["role"]))
            for change in record.get("speaker_changes", ())
        ),
        created_at=record["created_at"],
    )


def _facts_to_record(facts: TranscriptFacts | None) -> dict[str, Any] | None:
    if facts is None:
        return None
    return {
        "format": facts.format,
        "segments": facts.segments,
        "words": facts.words,
        # Flat, because a list may not lie directly in a list.
        "window_ranges": [offset for window in facts.window_ranges for offset in window],
        "speakers": [
            {"label": label, "role": role, "confidence": confidence, "basis": basis}
            for label, role, confidence, basis in facts.speakers
        ],
        "header": dict(facts.header),
        "warnings": [_fault_to_record(warning) for warning in facts.warnings],
    }


def _facts_from_record(record: Mapping[str, Any] | None) -> TranscriptFacts | None:
    if record is None:
        return None
    offsets = record["window_ranges"]
    return TranscriptFacts(
        format=record["format"],
        segments=record["segments"],
        words=record["words"],
        window_ranges=tuple(zip(offsets[::2], offsets[1::2], strict=True)),
        speakers=tuple(
            (s["label"], s["role"], s["confidence"], s["basis"]) for s in record["speakers"]
        ),
        header=tuple(sorted(record["header"].items())),
        warnings=_warnings_from_record(record),
    )


def _fault_to_record(fault: Fault | None) -> dict[str, str] | None:
    return None if fault is None else {"code": fault.code, "message": fault.message}


def _fault_from_record(record: Mapping[str, str] | None) -> Fault | None:
    return None if record is None else Fault(record["code"], record["message"])
