"""`python -m infra.demo`: a real transcript through every stage, shown while it is analysed."""

from __future__ import annotations

import argparse
import signal
import socket
import sys
import tempfile
from pathlib import Path
from typing import Final

from rich.console import Console

from infra.demo.client import Client
from infra.demo.screen import Screen, new_console
from infra.demo.service import Service, ServiceFailed

TRANSCRIPT: Final = Path(__file__).with_name("session.txt")
_LEGEND: Final = """
[dim]  What is found, when it was said, by whom, and the words that it was found in.
  Numbers go from 0 to 1: the intensity of an emotion, the confidence of the rest.[/]
"""
_TITLE: Final = "Alex and Dr. Harper Torres, session 1 of 24"


def main() -> int:
    """Shows the demo and returns the exit status."""
    parser = argparse.ArgumentParser(prog="infra.demo", description=__doc__)
    parser.add_argument("--port", type=int, default=5000)
    parser.add_argument("--keep", action="store_true", help="keep serving until Ctrl-C")
    given = parser.parse_args()
    console = new_console()
    try:
        with tempfile.TemporaryDirectory(prefix="insight-demo-") as data:
            _demonstrate(console, Path(data), given.port, keep=given.keep)
    except ServiceFailed as error:
        console.print(f"[bold red]The service did not start.[/] {error}")
        return 1
    except KeyboardInterrupt:
        console.print("Stopped.")
    return 0


def _demonstrate(console: Console, data: Path, port: int, *, keep: bool) -> None:
    console.print(
        "\n[bold]Insight Journey[/]  a therapy session, read and analysed on this machine"
    )
    console.print("[dim]The transcript is synthetic; everything else is the real service.[/]\n")
    if not _is_free(port):
        console.print(f"  Port {port} is taken by another program; PORT= names one. Taking any.")
        port = 0
    with Service(data, port) as service:
        client = Client(service.origin)
        session_id = _analyse(console, client)
        _point_on(console, client, session_id, keep=keep)
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


def _analyse(console: Console, client: Client) -> str:
    text = TRANSCRIPT.read_text(encoding="utf-8")
    screen = Screen(console)
    screen.stage(f"service ready at {client.origin}")
    user_id = client.sign_up()
    screen.stage(f"signed up and signed in as user {user_id}")
    session_id = client.create_session(
        title=_TITLE, date="2025-05-01T10:00:00Z", inputMethod="text", text=text
    )
    screen.stage(f"session {session_id} created with a transcript of {len(text.split())} words")
    console.print(_LEGEND)
    with screen:
        for event in client.follow(session_id):
            screen.show(event)
    console.print(screen.summary(client.session(session_id)))
    return session_id


def _point_on(console: Console, client: Client, session_id: str, *, keep: bool) -> None:
    if not keep:
        console.print(
            "[bold]To look around yourself:[/] make demo KEEP=1, or make run and README.md"
        )
        return
    session = f"{client.origin}/api/v1/sessions/{session_id}"
    console.print(f"[bold]Browse the API[/]  {client.origin}/api/v1/docs\n")
    lines = [
        f"TOKEN={client.token}",
        f'curl -H "Authorization: Bearer $TOKEN" {session}/emotions?category=fear',
        f'curl -H "Authorization: Bearer $TOKEN" {session}/transcript?format=vtt',
        f'curl -H "Authorization: Bearer $TOKEN" {session}/graph?format=graphml',
    ]
    for line in lines:
        console.print(line, soft_wrap=True, markup=False)
    console.print("\nServing until Ctrl-C.")


if __name__ == "__main__":
    sys.exit(main())
