"""The deploy program: python -m infra.build COMMAND. infra/README.md says when to use which."""

from __future__ import annotations

import argparse
import signal
import sys
from collections.abc import Sequence
from pathlib import Path
from types import FrameType
from urllib.error import URLError

from infra.build.base_image import NotPinned, pin, pinned
from infra.build.cloud import Cloud, CloudFailed, Project, RealCloud
from infra.build.commands import deploy_service
from infra.build.deploy import Deploy, DeployFailed, put_back, roll_back
from infra.build.invariants import violations
from infra.build.journal import BY_HAND, Busy, Journal
from infra.build.services import SERVICES
from infra.build.traffic import NotRestored
from shared.endpoints import ENDPOINTS

_FAILED, _NOT_RESTORED = 1, 2


class Cancelled(RuntimeError):
    """The build was cancelled or takes too long."""


def main(arguments: Sequence[str] | None = None, cloud: Cloud | None = None) -> int:
    """Runs a command; 0 done, 1 failed and nothing changed, 2 traffic is not as it was."""
    given = parse(arguments)
    signal.signal(signal.SIGTERM, _cancel)
    try:
        _COMMANDS[given.command](given, cloud or RealCloud())
    except (Busy, Cancelled, CloudFailed, DeployFailed, NotPinned, URLError) as error:
        print(error, file=sys.stderr)
        return _FAILED
    except NotRestored as error:
        print(f"{error}\nRun: python -m infra.build restore", file=sys.stderr)
        return _NOT_RESTORED
    return 0


def _cancel(_number: int, _frame: FrameType | None) -> None:
    # Once: what puts everything back is not to be interrupted in its turn.
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    raise Cancelled("The deploy was cancelled.")


def parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Reads the command line; exits with status 2 where it is none."""
    parser = argparse.ArgumentParser(prog="infra.build", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("base-image", help="the base image with its digest, or fail")
    commands.add_parser("pin", help="write down which base image there is today")
    commands.add_parser("table", help="write infra/terraform/endpoints.json anew")
    schema = commands.add_parser("provider-schema", help="write provider_schema.json anew")
    schema.add_argument("package", type=Path, help="unpacked npm package @cdktf/provider-google")
    for name, says in (
        ("plan", "print every deploy command and change nothing"),
        ("deploy", "deploy an image that was pushed"),
        ("restore", "put back what was before a deploy that died"),
        ("rollback", "put back what was before the last deploy that came to its end"),
    ):
        command = commands.add_parser(name, help=says)
        command.add_argument("--project", required=True)
        command.add_argument("--region", required=True)
        command.add_argument("--database", default="(default)")
        command.add_argument("--journal", help="its bucket; default: PROJECT-deploys")
        command.add_argument("--build", default=BY_HAND, help="the Cloud Build build's id")
        command.add_argument("--soak-s", type=float, default=60.0)
        if name in ("plan", "deploy"):
            command.add_argument("--image", required=True, help="with its tag")
    return parser.parse_args(arguments)


def _project(given: argparse.Namespace) -> Project:
    return Project(
        id=given.project,
        region=given.region,
        journal=given.journal or f"{given.project}-deploys",
        build=given.build,
        database=given.database,
        soak_s=given.soak_s,
    )


def _plan(given: argparse.Namespace, _cloud: Cloud) -> None:
    _check()
    for service in SERVICES:
        print("gcloud", *deploy_service(_project(given), service, given.image))


def _deploy(given: argparse.Namespace, cloud: Cloud) -> None:
    _check()
    Deploy(cloud, _project(given), given.image).run()


def _check() -> None:
    if wrong := violations(SERVICES, ENDPOINTS):
        raise DeployFailed(" ".join(wrong))


def _restore(given: argparse.Namespace, cloud: Cloud) -> None:
    journal = Journal(cloud, _project(given))
    entry = journal.current()
    if entry is None:
        print("No deploy has died.")
        return
    put_back(cloud, _project(given), entry)
    journal.drop()
    print(f"Everything is as it was before build {entry.build}.")


def _roll_back(given: argparse.Namespace, cloud: Cloud) -> None:
    entry = roll_back(cloud, _project(given))
    print(f"Everything is as it was before build {entry.build}.")


def _write_table(_given: argparse.Namespace, _cloud: Cloud) -> None:
    from infra.build import table

    table.PATH.write_text(table.render(), encoding="utf-8")


def _write_schema(given: argparse.Namespace, _cloud: Cloud) -> None:
    from infra.build import provider_schema as schema

    schema.PATH.write_text(schema.render(given.package, set(schema.kinds_in())), encoding="utf-8")


_COMMANDS = {
    "table": _write_table,
    "provider-schema": _write_schema,
    "base-image": lambda _given, _cloud: print(pinned()),
    "pin": lambda _given, _cloud: print(pin()),
    "plan": _plan,
    "deploy": _deploy,
    "restore": _restore,
    "rollback": _roll_back,
}

if __name__ == "__main__":
    sys.exit(main())
