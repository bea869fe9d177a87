"""Finds Google's emulators of Firestore and Pub/Sub, as gcloud installs them.

Their Java programs are started without gcloud in between: that saves two seconds, and leaves no
process behind when the one that started them is killed.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

# Starts in half the time, and an emulator's heap is small.
_JVM = ["-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Duser.language=en"]


class EmulatorMissing(RuntimeError):
    """An emulator is not installed; the message says what to install."""


def firestore_command(host: str, port: int) -> list[str]:
    """The command that runs the Firestore emulator. Raises `EmulatorMissing`."""
    jar = _installed("cloud-firestore-emulator", "*.jar")
    program = "com.google.cloud.datastore.emulator.firestore.CloudFirestore"
    where = [f"--host={host}", f"--port={port}"]
    return [_java(), *_JVM, "-cp", str(jar), program, "start", *where]


def pubsub_command(host: str, port: int) -> list[str]:
    """The command that runs the Pub/Sub emulator. Raises `EmulatorMissing`."""
    jar = _installed("pubsub-emulator", "lib/*-all.jar")
    return [_java(), *_JVM, "-jar", str(jar), f"--host={host}", f"--port={port}"]


def _installed(component: str, pattern: str) -> Path:
    gcloud = shutil.which("gcloud")
    if gcloud is None:
        raise EmulatorMissing(f"gcloud, which brings the {component}, is not installed")
    directory = Path(gcloud).resolve().parents[1] / "platform" / component
    found = sorted(directory.glob(pattern))
    if not found:
        raise EmulatorMissing(
            f"the {component} is not installed: gcloud components install {component}"
        )
    return found[-1]


def _java() -> str:
    home = os.environ.get("JAVA_HOME")
    java = shutil.which("java", path=f"{home}/bin" if home else None)
    if java is None:
        raise EmulatorMissing("Java, which Google's emulators need, is not installed")
    return java
