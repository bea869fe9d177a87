"""Give up an upload that is on its way."""

from __future__ import annotations

from shared.application.open_uploads import cancel_upload as cancel
from shared.bootstrap import function
from shared.contract.content import UploadCancelled
from shared.edge.call import Call, Reply


@function("cancel_upload")
def cancel_upload(call: Call) -> Reply:
    """DELETE /sessions/{session_id}/content/uploads/{upload_id}."""
    cancel(call.ports, call.user_id, call.session_id, call.parameters["upload_id"])
    return Reply(UploadCancelled())
