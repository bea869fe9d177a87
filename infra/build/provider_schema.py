"""What the google provider of Terraform knows, as far as `infra/terraform` uses it.

Nothing here can ask the provider itself. `@cdktf/provider-google` of the npm registry is generated
from its schema, so its type declarations say which attributes and blocks a resource has, which of
them it must have, and which it gives. They are read once for each version, by
`python -m infra.build provider-schema FOLDER`, and kept in `provider_schema.json`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

TERRAFORM: Final = Path(__file__).resolve().parents[1] / "terraform"
PATH: Final = TERRAFORM / "provider_schema.json"
_INTERFACE: Final = re.compile(r"^export interface (\w+)[^{]*\{\n(.*?)^\}", re.M | re.S)
_PROPERTY: Final = re.compile(r"^    readonly (\w+)(\??): ([^;]+);", re.M)
_OWN_CLASS: Final = re.compile(
    r"^export declare class \w+ extends cdktf\.Terraform(?:Resource|DataSource) \{\n(.*?)^\}",
    re.M | re.S,
)
_GETTER: Final = re.compile(r"^    get (\w+)\(\): ", re.M)
_CAPITAL: Final = re.compile(r"(?<!^)([A-Z])")


def render(package: Path, kinds: Iterable[str]) -> str:
    """The file for these kinds of resource and data (`data.google_project`)."""
    about = json.loads((package / "package.json").read_text(encoding="utf-8"))
    known = {kind: _kind(package, kind) for kind in sorted(kinds)}
    from_ = {"package": about["name"], "version": about["version"]}
    return json.dumps({"from": from_, "kinds": known}, indent=1, sort_keys=True) + "\n"


def _kind(package: Path, kind: str) -> Mapping[str, Any]:
    data, name = kind.startswith("data."), kind.removeprefix("data.")
    folder = ("data-google-" if data else "") + name.removeprefix("google_").replace("_", "-")
    text = (package / "lib" / folder / "index.d.ts").read_text(encoding="utf-8")
    interfaces = dict(_INTERFACE.findall(text))
    (own,) = _OWN_CLASS.findall(text)
    root = next(name for name in interfaces if name.endswith("Config") and _is_root(text, name))
    gives = {_snake(name) for name in _GETTER.findall(own) if not name.endswith("Input")}
    return {**_block(interfaces, root), "gives": sorted(gives)}


def _is_root(text: str, name: str) -> bool:
    return f"export interface {name} extends cdktf.TerraformMetaArguments" in text


def _block(interfaces: Mapping[str, str], name: str) -> Mapping[str, Any]:
    attributes: dict[str, str] = {}
    blocks: dict[str, Any] = {}
    for property_, optional, kind in _PROPERTY.findall(interfaces[name]):
        inner = re.match(r"\w+", kind)
        if inner and inner[0] in interfaces:
            needed = {"needed": not optional, **_block(interfaces, inner[0])}
            blocks[_snake(property_)] = needed
        else:
            attributes[_snake(property_)] = "optional" if optional else "needed"
    return {"attributes": attributes, "blocks": blocks}


def _snake(name: str) -> str:
    return _CAPITAL.sub(r"_\1", name).lower()


def kinds_in(folder: Path = TERRAFORM) -> Iterator[str]:
    """The kinds of resource and data that the files of `folder` use."""
    for path in sorted(folder.glob("*.tf")):
        for block, kind in re.findall(
            r'^(resource|data) "(\w+)"', path.read_text(encoding="utf-8"), re.M
        ):
            yield kind if block == "resource" else f"data.{kind}"
