"""List a session's uploads."""

from __future__ import annotations

from shared.application.list_uploads import list_uploads as read_uploads
from shared.bootstrap import function
from shared.contract.content import UploadListReply
from shared.edge.call import Call, Reply


@function("list_uploads")
def list_uploads(call: Call) -> Reply:
    """GET /sessions/{session_id}/content."""
    return Reply(UploadListReply.of(read_uploads(call.ports, call.user_id, call.session_id)))
