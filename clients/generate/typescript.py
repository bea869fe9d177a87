"""JSON Schema as TypeScript: an interface for each object, a union for each choice of words."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from typing import Any, Final

Schema = Mapping[str, Any]

_HEADER: Final = """\
/**
 * What goes over the wire, as the API's description has it. Generated: python -m clients.generate.
 *
 * Fields that a newer service adds beside these are there too; only their types are not known.
 */
"""
_SCALARS: Final = {
    "string": "string",
    "integer": "number",
    "number": "number",
    "boolean": "boolean",
    "null": "null",
}
_WIDTH: Final = 96


def render(schemas: Mapping[str, Schema]) -> str:
    """The module of all `schemas`, by their names."""
    parts = [_HEADER]
    for name, schema in schemas.items():
        parts.append(_object(name, schema) if "properties" in schema else _choice(name, schema))
    return "\n".join(parts)


def _choice(name: str, schema: Schema) -> str:
    return f"export type {name} =\n    | " + "\n    | ".join(_words(schema)) + ";\n"


def _words(schema: Schema) -> list[str]:
    return [f"'{word}'" for word in schema["enum"]]


def _object(name: str, schema: Schema) -> str:
    base = f" extends {schema['extends']}" if "extends" in schema else ""
    lines = [*_comment(schema.get("description", ""), ""), f"export interface {name}{base} {{"]
    required = schema.get("required", ())
    for field, value in schema["properties"].items():
        lines += _comment(value.get("description", ""), "    ")
        lines.append(f"    {field}{'' if field in required else '?'}: {_type(value)};")
    if schema.get("additionalProperties") is True:
        lines.append("    [key: string]: unknown;")
    return "\n".join([*lines, "}\n"])


def _comment(text: str, indent: str) -> list[str]:
    paragraphs = [textwrap.wrap(part, _WIDTH - len(indent)) for part in text.split("\n\n")]
    lines = [line for paragraph in paragraphs for line in ("", *paragraph)][1:]
    if not lines:
        return []
    if len(lines) == 1:
        return [f"{indent}/** {lines[0]} */"]
    return [f"{indent}/**", *(f"{indent} * {line}".rstrip() for line in lines), f"{indent} */"]


def _type(schema: Schema) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[1]
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_type(each) for each in schema["anyOf"]))
    if "const" in schema:
        return f"'{schema['const']}'"
    if "enum" in schema:
        return " | ".join(_words(schema))
    if schema.get("type") == "array":
        item = _type(schema["items"])
        return f"({item})[]" if " " in item else f"{item}[]"
    return _SCALARS.get(schema.get("type", ""), "Record<string, unknown>")
