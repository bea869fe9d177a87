"""What hostile files come to: a code each, within their limits, and nobody else's file or server.

The named kinds of `tests/media/hostile.py`, then as many seeded mutations as are asked for. A file
and a server that playlists name stand ready; whether anybody came is printed.
"""

from __future__ import annotations

import resource
import socket
import tempfile
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from multiprocessing import Pool
from pathlib import Path

from shared.speech.media import Limits, MediaRefused, decode
from tests.bench.tables import show
from tests.media.hostile import Hostile, every_kind, mutated
from tests.media.making import KINDS, Stored, record

LIMITS = Limits()
_MIB = 1 << 20
# The recording that playlists name lasts longer than anything else here.
_SECRET_S = 7.0


@dataclass(frozen=True)
class Outcome:
    """What came of a file.

    Attributes:
        code: why it was refused; `decoded`, or `partial`.
        decoded_ms: of its sound.
        told: whether the child lived to say so.
    """

    name: str
    code: str
    decoded_ms: int
    told: bool
    cpu_s: float
    memory_mib: float


def outcome(hostile: Hostile) -> Outcome:
    """Decodes one file to its end, whatever that is."""
    name, content = hostile
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    decoding, samples = None, 0
    try:
        with decode(Stored(content), LIMITS) as decoding:
            samples = sum(len(block.samples) for block in decoding)
            code = "partial" if decoding.recording.is_partial else "decoded"
    except MediaRefused as refused:
        code = str(refused.problem)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu_s = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    cost = decoding.cost if decoding is not None else None
    memory_mib = cost.memory_bytes / _MIB if cost else 0.0
    told = decoding is None or cost is not None
    return Outcome(name, code, samples // 16, told, cpu_s, memory_mib)


def measure(mutations: int) -> None:
    """Prints the tables."""
    with tempfile.TemporaryDirectory() as folder, socket.create_server(("127.0.0.1", 0)) as server:
        secret = Path(folder) / "secret.wav"
        secret.write_bytes(record(KINDS["wav"], _SECRET_S))
        address = f"127.0.0.1:{server.getsockname()[1]}"
        with Pool(2) as pool:
            kinds = list(pool.imap(outcome, every_kind(str(secret), address), 4))
            mutants = list(pool.imap(outcome, map(mutated, range(mutations)), 4))
        server.setblocking(False)
        print(f"\n{len(kinds)} kinds, {mutations} mutations")
        print("connections to the server that was named:", _callers(server))
    heard = [one.name for one in kinds if abs(one.decoded_ms - _SECRET_S * 1_000) < 500]
    print("files that sound like the file that was named:", heard or "none")
    _show_codes("Named kinds", kinds)
    _show_codes("Mutations", mutants)
    _show_worst([*kinds, *mutants])


def _callers(server: socket.socket) -> int:
    count = 0
    while True:
        try:
            server.accept()[0].close()
        except BlockingIOError:
            return count
        count += 1


def _show_codes(title: str, found: Iterable[Outcome]) -> None:
    by_code: dict[str, list[Outcome]] = defaultdict(list)
    for one in found:
        by_code[one.code].append(one)
    show(
        title,
        ("outcome", "files", "child ended", "most CPU s", "most MiB"),
        [
            (
                code,
                len(those),
                sum(not one.told for one in those),
                max(one.cpu_s for one in those),
                max(one.memory_mib for one in those),
            )
            for code, those in sorted(by_code.items())
        ],
    )


def _show_worst(found: list[Outcome]) -> None:
    costly = sorted(found, key=lambda one: -one.cpu_s)[:5]
    crashed = [one for one in found if not one.told]
    show(
        "Dearest, and whose child did not live to tell",
        ("file", "outcome", "CPU s", "MiB"),
        [(one.name[:60], one.code, one.cpu_s, one.memory_mib) for one in [*costly, *crashed]],
    )
