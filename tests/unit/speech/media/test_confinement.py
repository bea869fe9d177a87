"""What the decoding process cannot do, whatever a file talks it into."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[4]

_ATTEMPTS = {
    "read a file": "open('/etc/hostname')",
    "write a file": "open('written', 'w')",
    "open a socket": "socket.socket()",
    "make a pipe": "os.pipe()",
    "take half a gigabyte": "bytearray(512 << 20)",
    "raise a limit": "resource.setrlimit(resource.RLIMIT_NOFILE, (64, -1))",
}
_TRY = """
import os, resource, socket
from shared.speech.decoder.confinement import confine
os.setgroups([]) if os.getuid() == 0 else None
os.setuid(65534) if os.getuid() == 0 else None
confine(512 << 20, 5)
try:
    {attempt}
except (OSError, ValueError, MemoryError) as error:
    print(type(error).__name__)
"""


@pytest.mark.parametrize("attempt", _ATTEMPTS)
def test_a_confined_process_cannot(attempt: str, tmp_path: Path) -> None:
    code = _TRY.format(attempt=_ATTEMPTS[attempt])
    tried = subprocess.run(
        [sys.executable, "-P", "-c", code],
        env={"PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert tried.stdout.strip() in ("OSError", "MemoryError", "ValueError"), tried.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_confined_process_ends_when_its_cpu_time_is_used_up() -> None:
    code = _TRY.format(attempt="exec('while True: pass')").replace(", 5)", ", 1)")
    tried = subprocess.run(
        [sys.executable, "-P", "-c", code],
        env={"PYTHONPATH": str(ROOT)},
        capture_output=True,
        check=False,
    )
    assert tried.returncode == -24
