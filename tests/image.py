"""The Dockerfile, read without Docker: its instructions, and the tree that it would copy."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from infra.local.place import ROOT

DOCKERFILE = ROOT / "Dockerfile"
_CONTINUED = re.compile(r"\\\n\s*")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction, its lines joined. `stage` counts from 0."""

    stage: int
    name: str
    words: str


def instructions(text: str) -> Iterator[Instruction]:
    """What the Dockerfile `text` does, in order."""
    stage = -1
    for line in _CONTINUED.sub("", text).splitlines():
        if not line.strip() or line.startswith("#"):
            continue
        name, _, words = line.partition(" ")
        stage += name == "FROM"
        yield Instruction(stage, name, words.strip())


def copied(text: str) -> Iterator[tuple[str, str]]:
    """Each source and its place in the image's tree, from this folder into `/app`."""
    directory = "/"
    for each in instructions(text):
        if each.name == "WORKDIR":
            directory = each.words
        elif each.name == "COPY" and "--from" not in each.words and directory == "/app":
            source, place = each.words.split()
            yield source, place


def lay_out(tree: Path) -> Path:
    """Makes in `tree` what would be `/app`, as `.dockerignore` lets it through."""
    for source, place in copied(DOCKERFILE.read_text(encoding="utf-8")):
        for path in sorted(each for each in _files(ROOT / source) if is_sent(each)):
            inside = path.relative_to(ROOT / source) if path != ROOT / source else Path()
            target = tree / place / inside
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, target)
    return tree


def is_sent(path: Path) -> bool:
    """Whether `.dockerignore` lets a file through: the last line that matches decides."""
    sent = True
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        pattern = line.removeprefix("!").strip()
        if pattern and not pattern.startswith("#") and _matches(path.relative_to(ROOT), pattern):
            sent = line.startswith("!")
    return sent


def _matches(path: Path, pattern: str) -> bool:
    if pattern == "*":
        return True
    if pattern.startswith("**/"):
        return pattern.removeprefix("**/") in path.parts
    return path == Path(pattern) or Path(pattern) in path.parents


def _files(source: Path) -> Sequence[Path]:
    if source.is_file():
        return [source]
    return [path for path in source.rglob("*") if path.is_file()]
