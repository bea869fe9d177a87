"""Where and how the service runs on one machine."""

from __future__ import annotations

import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Self

from infra.local.hand_over import Channel
from infra.local.push_issuer import ACCOUNT, AUDIENCE

ROOT: Final = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Emulators:
    """Ports of the emulators on this machine."""

    firestore: int
    pubsub: int
    storage: int

    @classmethod
    def on_free_ports(cls) -> Self:
        """Three ports that nobody listens on now."""
        probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
        ports = [probe.getsockname()[1] for probe in probes]
        for probe in probes:
            probe.close()
        return cls(*ports)


@dataclass(frozen=True, slots=True)
class Place:
    """Where and how the service runs.

    Attributes:
        public, pipeline: listening sockets of the API and, on the loopback only, of the pipeline.
        workers: processes that do the pipeline's work.
        emulators: None on the embedded platform.
        front: listening socket of the sign-in, where each function is a process of its own.
        sockets: by which the gateway hands WebSockets to the relay.
    """

    data: Path
    public: socket.socket
    pipeline: socket.socket
    workers: int
    emulators: Emulators | None = None
    front: socket.socket | None = None
    sockets: Channel = field(default_factory=Channel)

    @property
    def platform(self) -> str:
        """The platform that serves the ports."""
        return "google" if self.emulators else "embedded"

    @property
    def origin(self) -> str:
        """How this machine reaches the API."""
        return f"http://{_address(self.public)}"

    @property
    def pipeline_origin(self) -> str:
        """Where tasks are pushed to."""
        return f"http://{_address(self.pipeline)}"

    @property
    def environment(self) -> Mapping[str, str]:
        """What every program of the service is told."""
        own = {"INSIGHT_PLATFORM": self.platform, "INSIGHT_DATA_DIR": str(self.data)}
        if self.emulators is None:
            return own
        return {
            **own,
            "FIRESTORE_EMULATOR_HOST": f"127.0.0.1:{self.emulators.firestore}",
            "PUBSUB_EMULATOR_HOST": f"127.0.0.1:{self.emulators.pubsub}",
            "STORAGE_EMULATOR_HOST": f"http://127.0.0.1:{self.emulators.storage}",
            "FIREBASE_AUTH_EMULATOR_HOST": _address(self.public),
            "PUSH_KEYS_EMULATOR_HOST": _address(self.pipeline),
            "INSIGHT_PUSH_AUDIENCE": AUDIENCE,
            "INSIGHT_PUSH_SERVICE_ACCOUNT": ACCOUNT,
        }


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    reached = "127.0.0.1" if host in ("0.0.0.0", "::") else host  # noqa: S104
    return f"[{reached}]:{port}" if ":" in reached else f"{reached}:{port}"
