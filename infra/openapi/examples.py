"""Requests and replies as API.md shows them, and what stands beside them."""

from __future__ import annotations

from typing import Any, Final

REQUESTS: Final[dict[str, dict[str, Any]]] = {
    "create_session": {
        "with_text": {
            "title": "Therapy Session 1",
            "inputMethod": "text",
            "text": "Therapist: How was your week?\nClient: I was anxious before every meeting.",
        },
        "with_choices": {
            "title": "Therapy Session 3",
            "settings": {
                "analysis": {
                    "elements": ["emotions", "topics"],
                    "min_confidence": {"topics": 0.7},
                    "language": "en-GB",
                },
                "retention": {"recording": "delete", "days": 365},
            },
        },
        "to_fill_later": {"title": "Therapy Session 2", "description": "Second one", "duration": 0},
    },
    "begin_upload": {
        "recording": {
            "filename": "session.m4a",
            "size": 104857600,
            "content_type": "audio/mp4",
            "type": "audio",
        }
    },
    "update_session": {
        "rename": {"title": "First session"},
        "archive": {"status": "archived"},
        "analyze_again": {"analysis_status": "pending"},
    },
    "update_action_item": {"tick_off": {"status": "done"}},
    "correct_segment": {
        "set_right": {"text": "I was anxious before every meeting."},
        "nobody_spoke": {"text": ""},
        "take_back": {"text": None},
    },
    "name_speakers": {
        "swap": {
            "speakers": [
                {"label": "Speaker 1", "role": "client"},
                {"label": "Speaker 2", "role": "therapist"},
            ]
        },
        "rename": {"speakers": [{"label": "Speaker 1", "name": "Alex"}]},
    },
}

_WHEN: Final = "2024-03-20T14:30:00Z"
_EMOTION: Final[dict[str, Any]] = {
    "id": "em3f0d9c1b2a4e5f6071",
    "timestamp": "2024-03-20T14:30:06Z",
    "start_ms": 6000,
    "end_ms": 11000,
    "timing": "exact",
    "speaker": "Client",
    "role": "client",
    "confidence": 0.87,
    "evidence": [
        {
            "segment_id": "9f1c2b3a4d5e6f708192-1",
            "start": 2,
            "end": 13,
            "quote": "was anxious",
            "start_ms": 6000,
            "end_ms": 11000,
            "timing": "exact",
        }
    ],
    "engine": "local",
    "model": "emotions",
    "version": "1",
    "name": "anxiety",
    "intensity": 0.8,
    "category": "fear",
    "valence": -0.6,
}
_PLACE: Final = ("timestamp", "start_ms", "end_ms", "timing", "speaker", "role")
_FEELING: Final = ("name", "category", "valence", "intensity")
_SUMMARY: Final = {
    "id": "5b1d7c2e9f304a6b8c1d",
    "session_id": "5b1d7c2e9f304a6b8c1d",
    "title": "Therapy Session 1",
    "description": "",
    "date": _WHEN,
    "duration": 3000,
    "status": "completed",
    "analysis_status": "success",
    "warnings": [],
    "settings": {},
    "retention": {"recording": "keep", "days": None, "delete_at": None},
    "graphId": "c0ffee5b1d7c2e9f304a",
    "created_at": _WHEN,
    "updated_at": "2024-03-20T14:31:12Z",
}

REPLIES: Final[dict[str, Any]] = {
    "create_session": {
        "session_id": _SUMMARY["id"],
        "sessionId": _SUMMARY["id"],
        "graphId": _SUMMARY["graphId"],
        "status": "created",
    },
    "get_session": {
        **_SUMMARY,
        "emotions": [_EMOTION],
        "topics": [],
        "insights": [],
        "beliefs": [],
        "challenges": [],
        "action_items": [],
    },
    "list_sessions": {
        "status": "success",
        "data": {
            "sessions": [_SUMMARY],
            "pagination": {
                "page": 1,
                "per_page": 10,
                "total": 1,
                "pages": 1,
                "next_cursor": None,
            },
        },
        "sessions": [{name: _SUMMARY[name] for name in ("id", "title", "date", "status")}],
    },
    "update_session": {
        "status": "success",
        "message": "The session was updated.",
        "data": {"session": _SUMMARY},
    },
    "delete_session": {"status": "success", "message": "The session was deleted."},
    "upload_content": {
        "status": "success",
        "data": {
            "upload": {
                "id": "9f1c2b3a4d5e6f708192",
                "session_id": _SUMMARY["id"],
                "filename": "session.md",
                "type": "text",
                "content_type": "text/markdown",
                "size": 1024,
                "checksum": "sha256:" + "0" * 64,
                "received": 1024,
                "state": "stored",
                "error": None,
                "source_deleted_at": None,
                "warnings": [],
                "created_at": _WHEN,
            }
        },
    },
    "get_analysis_status": {
        "status": "success",
        "data": {
            "analysis": {
                "status": "processing",
                "progress": 0.75,
                "error": None,
                "error_code": None,
                "stage": "analyzing",
                "revision": 1,
                "warnings": [],
                "settings": {},
                "updated_at": _WHEN,
            }
        },
    },
    "get_summary": {
        "status": "success",
        "data": {
            "summary": {
                "session_id": _SUMMARY["id"],
                "complete": True,
                "sentences": [
                    {
                        "id": "hi0c1d2e3f405162738495",
                        "text": "I was anxious before every meeting.",
                        "rank": 1,
                        **{name: _EMOTION[name] for name in _PLACE},
                        "elements": [_EMOTION["id"]],
                        "evidence": [
                            {
                                **_EMOTION["evidence"][0],
                                "start": 0,
                                "end": 35,
                                "quote": "I was anxious before every meeting.",
                            }
                        ],
                        **{name: _EMOTION[name] for name in ("engine", "model", "version")},
                    }
                ],
                "arc": [
                    {
                        "element_id": _EMOTION["id"],
                        **{name: _EMOTION[name] for name in _FEELING},
                        "position": 0.4615,
                        "tone": -0.48,
                        "mood": -0.48,
                        "timestamp": _EMOTION["timestamp"],
                        "start_ms": 6000,
                        "timing": "exact",
                    }
                ],
            }
        },
    },
    "list_emotions": {
        "status": "success",
        "data": {"next_cursor": None, "emotions": [_EMOTION]},
    },
}
