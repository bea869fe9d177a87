"""JSON Schema as Python types: a TypedDict for each object, a Literal for each choice of words."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any, Final

Schema = Mapping[str, Any]

_HEADER: Final = '''\
"""What goes over the wire, as the API's description has it. Generated: python -m clients.generate.

Fields that a newer service adds beside these are there too; only their types are not known.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict
'''
_SCALARS: Final = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "null": "None",
}
_WIDTH: Final = 96


def render(schemas: Mapping[str, Schema]) -> str:
    """The module of all `schemas`, by their names."""
    choices = [_choice(name, schema) for name, schema in schemas.items() if "enum" in schema]
    choices += [_open_object(name, schema) for name, schema in schemas.items() if _is_open(schema)]
    objects = [
        _object(name, schema)
        for name, schema in sorted(schemas.items(), key=lambda each: "extends" in each[1])
        if "properties" in schema and not _is_open(schema)
    ]
    return "\n".join([_HEADER, *choices, "", *objects]).replace("\n\n\n\n", "\n\n\n")


def _choice(name: str, schema: Schema) -> str:
    line = f"{name} = {_type(schema)}"
    if len(line) <= _WIDTH:
        return line
    words = "".join(f"    {json_word}\n" for json_word in _words(schema, ","))
    return f"{name} = Literal[\n{words}]"


def _words(schema: Schema, end: str = "") -> list[str]:
    return [f'"{word}"{end}' for word in schema["enum"]]


def _is_open(schema: Schema) -> bool:
    """Whether it holds fields of the client's own, which no TypedDict can."""
    return "properties" in schema and schema.get("additionalProperties") is True


def _open_object(name: str, schema: Schema) -> str:
    known = [f"`{field}`: {_type(value)}" for field, value in schema["properties"].items()]
    text = f"{' '.join(schema['description'].split())} Known of it: {'; '.join(known)}."
    return "\n".join([*(f"# {line}" for line in _comment(text)), f"{name} = dict[str, Any]"])


def _object(name: str, schema: Schema) -> str:
    lines = [
        f"\nclass {name}({schema.get('extends', 'TypedDict')}):",
        *_docstring(schema.get("description", name)),
        "",
    ]
    required = schema.get("required", ())
    for field, value in schema["properties"].items():
        lines += [f"    # {line}" for line in _comment(value.get("description", ""))]
        kind = _type(value)
        lines.append(f"    {field}: {kind if field in required else f'NotRequired[{kind}]'}")
    return "\n".join(lines) + "\n"


def _docstring(text: str) -> Iterator[str]:
    paragraphs = [textwrap.wrap(part, _WIDTH - 4) for part in text.split("\n\n")]
    lines = [line for paragraph in paragraphs for line in ("", *paragraph)][1:]
    if len(lines) == 1:
        yield f'    """{lines[0]}"""'
        return
    yield f'    """{lines[0]}'
    yield from (f"    {line}".rstrip() for line in lines[1:])
    yield '    """'


def _comment(text: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH - 6)


def _type(schema: Schema) -> str:
    if "$ref" in schema:
        return str(schema["$ref"]).rsplit("/", 1)[1]
    if "anyOf" in schema:
        return " | ".join(dict.fromkeys(_type(each) for each in schema["anyOf"]))
    if "const" in schema:
        return f'Literal["{schema["const"]}"]'
    if "enum" in schema:
        return f"Literal[{', '.join(_words(schema))}]"
    if schema.get("type") == "array":
        return f"list[{_type(schema['items'])}]"
    return _SCALARS.get(schema.get("type", ""), "dict[str, Any]")
