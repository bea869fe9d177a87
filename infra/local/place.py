"""Where and how the service runs on one machine."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Place:
    """Where and how the service runs.

    Attributes:
        public, pipeline: listening sockets of the API and, on the loopback only, of the pipeline.
        workers: processes that do the pipeline's work.
    """

    platform: str
    data: Path
    public: socket.socket
    pipeline: socket.socket
    workers: int

    @property
    def origin(self) -> str:
        """How this machine reaches the API."""
        return _origin(self.public)

    @property
    def pipeline_origin(self) -> str:
        """Where tasks are pushed to."""
        return _origin(self.pipeline)

    @property
    def environment(self) -> dict[str, str]:
        """What every program of the service is told."""
        return {"INSIGHT_PLATFORM": self.platform, "INSIGHT_DATA_DIR": str(self.data)}


def _origin(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    reached = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104
    return f"http://[{reached}]:{port}" if ":" in reached else f"http://{reached}:{port}"
