"""`python -m infra.demo`: a real transcript through every stage, shown while it is analysed."""

from __future__ import annotations

import argparse
import asyncio
import secrets
import signal
import socket
import sys
import tempfile
from pathlib import Path
from typing import Final

from rich.console import Console

from clients.python.insight_journey import AuthService, Place, SessionService
from infra.demo.screen import Screen, new_console
from infra.demo.service import Service, ServiceFailed

TRANSCRIPT: Final = Path(__file__).with_name("session.txt")
_LEGEND: Final = """
[dim]  What is found, when it was said, by whom, and the words that it was found in.
  Numbers go from 0 to 1: the intensity of an emotion, the confidence of the rest.[/]
"""
_WITHIN_S: Final = 6 * 3_600.0
_TITLE: Final = "Alex and Dr. Harper Torres, session 1 of 24"


def main() -> int:
    """Shows the demo and returns the exit status."""
    parser = argparse.ArgumentParser(prog="infra.demo", description=__doc__)
    parser.add_argument("--port", type=int, default=5000)
    parser.add_argument("--keep", action="store_true", help="keep serving until Ctrl-C")
    parser.add_argument("--audio", type=_recording, help="a recording to transcribe and analyse")
    given = parser.parse_args()
    console = new_console()
    try:
        with tempfile.TemporaryDirectory(prefix="insight-demo-") as data:
            _demonstrate(console, Path(data), given.port, given.audio, keep=given.keep)
    except ServiceFailed as error:
        console.print(f"[bold red]The service did not start.[/] {error}")
        return 1
    except KeyboardInterrupt:
        console.print("Stopped.")
    return 0


def _recording(name: str) -> Path:
    if not Path(name).is_file():
        raise argparse.ArgumentTypeError(f"there is no file {name}")
    return Path(name)


def _demonstrate(
    console: Console, data: Path, port: int, recording: Path | None, *, keep: bool
) -> None:
    console.print(
        "\n[bold]Insight Journey[/]  a therapy session, read and analysed on this machine"
    )
    if recording is None:
        console.print("[dim]The transcript is synthetic; everything else is the real service.[/]\n")
    if not _is_free(port):
        console.print(f"  Port {port} is taken by another program; PORT= names one. Taking any.")
        port = 0
    with Service(data, port) as service, AuthService(Place.local(service.origin)) as auth:
        session_id = _analyse(console, auth, service.origin, recording)
        _point_on(console, auth, f"{service.origin}/api/v1", session_id, keep=keep)
        if keep:
            signal.pause()
    console.print("[dim]Stopped; the demo's data is gone.[/]")


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _analyse(console: Console, auth: AuthService, origin: str, recording: Path | None) -> str:
    screen, sessions = Screen(console), SessionService(auth)
    screen.stage(f"service ready at {origin}")
    user_id = auth.sign_up(f"{secrets.token_hex(8)}@example.org", secrets.token_urlsafe(16))
    screen.stage(f"signed up and signed in as user {user_id}")
    session_id = _send(screen, sessions, recording)
    console.print(_LEGEND)
    with screen:
        asyncio.run(_show_live(screen, sessions, session_id))
    screen.summary(sessions.get_summary(session_id, sentences=3))
    console.print(screen.tally(sessions.get_session(session_id)))
    return session_id


def _send(screen: Screen, sessions: SessionService, recording: Path | None) -> str:
    if recording is None:
        text = TRANSCRIPT.read_text(encoding="utf-8")
        session_id = sessions.create_session(
            _TITLE, date="2025-05-01T10:00:00Z", inputMethod="text", text=text
        )["session_id"]
        screen.stage(f"session {session_id} created with a transcript of {len(text.split())} words")
        return session_id
    session_id = sessions.create_session(recording.name, inputMethod="audio")["session_id"]
    upload = sessions.upload_content(session_id, recording)
    screen.stage(f"session {session_id} created; {upload['size']:,} bytes of {upload['type']} sent")
    return session_id


async def _show_live(screen: Screen, sessions: SessionService, session_id: str) -> None:
    # A recording takes as long as it takes; what goes wrong is told as an event.
    async with asyncio.timeout(_WITHIN_S), sessions.events(session_id) as events:
        async for event in events:
            screen.show(event)
            if event["type"] == "analysis_failed" or event["data"].get("status") == "completed":
                return


def _point_on(
    console: Console, auth: AuthService, api: str, session_id: str, *, keep: bool
) -> None:
    if not keep:
        console.print(
            "[bold]To look around yourself:[/] make demo KEEP=1, or make run and README.md"
        )
        return
    session = f"{api}/sessions/{session_id}"
    console.print(f"[bold]Browse the API[/]  {api}/docs\n")
    lines = [
        f"TOKEN={auth.token()}",
        f'curl -H "Authorization: Bearer $TOKEN" "{session}/emotions?category=fear"',
        f'curl -H "Authorization: Bearer $TOKEN" "{session}/summary"',
        f'curl -H "Authorization: Bearer $TOKEN" "{session}/transcript?format=vtt"',
        f'curl -H "Authorization: Bearer $TOKEN" "{session}/graph?format=graphml"',
    ]
    for line in lines:
        console.print(line, soft_wrap=True, markup=False)
    console.print("\nServing until Ctrl-C.")


if __name__ == "__main__":
    sys.exit(main())
