"""Open a way for a file straight into storage."""

from __future__ import annotations

from shared.application.open_uploads import begin_upload as begin
from shared.bootstrap import function
from shared.contract.content import UploadBegunReply
from shared.edge.announcing import announced_upload, page_origin, session_url
from shared.edge.call import Call, Reply


@function("begin_upload")
def begin_upload(call: Call) -> Reply:
    """POST /sessions/{session_id}/content/uploads."""
    opened = begin(call.ports, call.user_id, announced_upload(call), page_origin(call))
    return Reply(UploadBegunReply.of(opened, session_url(call, opened.session_url)))
