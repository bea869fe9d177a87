"""The runbook speaks of what there is."""

from __future__ import annotations

import re
import shlex

import pytest

from infra.build.__main__ import parse
from infra.local.place import ROOT

TEXT = (ROOT / "infra" / "README.md").read_text(encoding="utf-8")
WATCHING = (ROOT / "infra" / "terraform" / "watching.tf").read_text(encoding="utf-8")


def alerts(text: str) -> set[str]:
    block = text.split("  alerts = {", 1)[1].split("\n  }\n", 1)[0]
    return set(re.findall(r'^    "([a-z ]+)" = \{$', block, re.MULTILINE))


def explained(text: str) -> set[str]:
    section = text.split("## What each alert means", 1)[1].split("\n## ", 1)[0]
    return set(re.findall(r"^\*\*([a-z ]+)\*\*:", section, re.MULTILINE))


def test_every_alert_is_explained_and_no_other() -> None:
    assert alerts(WATCHING) == explained(TEXT)
    assert alerts(WATCHING)


def test_alert_without_a_word_is_found() -> None:
    planted = WATCHING.replace(
        '    "dead letters" = {', '    "planted" = {\n    }\n    "dead letters" = {'
    )
    assert alerts(planted) - explained(TEXT) == {"planted"}


COMMANDS = re.findall(r"`python -m infra\.build ([^`]+)`", TEXT)


@pytest.mark.parametrize("command", sorted(set(COMMANDS)))
def test_program_knows_every_command_of_the_runbook(command: str) -> None:
    words = shlex.split(command)
    where = (
        ["--project=p", "--region=r"]
        if words[0] in ("plan", "deploy", "restore", "rollback")
        else []
    )
    image = ["--image=i:t"] if words[0] == "deploy" else []
    assert parse([*words, *where, *image]).command == words[0]


def test_files_that_the_runbook_names_are_there() -> None:
    named = re.findall(r"`((?:\.\./)?[a-z_/-]+[/.][a-z0-9_./-]*)`", TEXT)
    made = {"infra/terraform/my.tfvars", "infra/terraform"}
    missing = [
        name
        for name in named
        if name not in made
        and not any((base / name).exists() for base in (ROOT, ROOT / "infra"))
        and not (ROOT / "infra" / "terraform" / name).exists()
    ]
    assert missing == []
