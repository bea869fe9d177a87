"""The upload function, with a witness of every file that it opens for writing.

The witness writes what it saw to the file that `BENCH_WITNESS` names.
"""

from __future__ import annotations

import functools
import os
import sys
from pathlib import Path
from typing import Any

from functions.content.upload import upload_content as real

_WITNESS = Path(os.environ["BENCH_WITNESS"])
_ALLOWED = (str(Path(os.environ["INSIGHT_DATA_DIR"]).resolve()), "/dev/null", str(_WITNESS))
_seen: list[str] = []


def _witness(event: str, arguments: tuple[Any, ...]) -> None:
    if event.startswith("tempfile."):
        _seen.append(f"{event} {arguments[0]}")
    elif event == "open" and _writes(arguments[2]) and _is_elsewhere(arguments[0]):
        _seen.append(f"open {arguments[0]}")


def _is_elsewhere(path: object) -> bool:
    return isinstance(path, str) and not path.startswith(_ALLOWED)


def _writes(flags: int) -> bool:
    return bool(flags & (os.O_WRONLY | os.O_RDWR))


@functools.wraps(real)
def upload_content(request: Any) -> Any:
    """Answers as the real one does, then tells what was opened."""
    # The server's own heartbeat file was opened before.
    _seen.clear()
    response = real(request)
    _WITNESS.write_text("\n".join(_seen), encoding="utf-8")
    return response


sys.addaudithook(_witness)
