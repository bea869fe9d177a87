"""Take a file into a session."""

from __future__ import annotations

from shared.application.add_content import register_content, require_room
from shared.bootstrap import function
from shared.contract.content import UploadReply
from shared.edge.call import Call, Reply
from shared.edge.uploading import store_upload


@function("upload_content")
def upload_content(call: Call) -> Reply:
    """POST /sessions/{session_id}/content."""
    require_room(call.ports, call.user_id, call.session_id)
    upload = store_upload(call)
    stored = register_content(call.ports, call.user_id, call.session_id, upload)
    return Reply(UploadReply.of(stored))
