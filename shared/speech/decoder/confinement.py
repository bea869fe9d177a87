"""What the child gives up before it reads the first byte of a stranger's file.

Limits that the kernel keeps (setrlimit(2)): a process cannot raise its own hard limits again
without CAP_SYS_RESOURCE, and breaking one ends it or fails the call.
"""

from __future__ import annotations

import resource
from pathlib import Path
from typing import Final

_HARD_CPU_S: Final = 2


def confine(memory_bytes: int, cpu_s: int) -> None:
    """Allows no further file, socket, process, written file or core dump, and bounds the rest.

    Args:
        memory_bytes: address space; allocations beyond it fail.
        cpu_s: CPU seconds; SIGXCPU ends the process when they are used up.
    """
    for limit, most in (
        (resource.RLIMIT_NOFILE, 0),
        (resource.RLIMIT_NPROC, 0),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_AS, memory_bytes),
    ):
        resource.setrlimit(limit, (most, most))
    resource.setrlimit(resource.RLIMIT_CPU, (cpu_s, cpu_s + _HARD_CPU_S))


class Meter:
    """What this process costs; made before `confine`, since it reads a file of the kernel's."""

    def __init__(self) -> None:
        self._status = Path("/proc/self/status").open("rb", buffering=0)  # noqa: SIM115

    def read(self) -> dict[str, float]:
        """CPU seconds, and the peak of resident memory in bytes, so far.

        getrusage(2) has a peak too; a process inherits it from the one that started it.
        """
        used = resource.getrusage(resource.RUSAGE_SELF)
        self._status.seek(0)
        lines = self._status.read(4_096).splitlines()
        (peak,) = (line.split()[1] for line in lines if line.startswith(b"VmHWM"))
        return {"cpu_s": used.ru_utime + used.ru_stime, "memory_bytes": int(peak) * 1024}
