"""Wire models as JSON Schema, each defined once."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode

_REFERENCE = "#/components/schemas/{model}"


class _Generator(GenerateJsonSchema):
    """Leaves out titles that only repeat the field's name."""

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


class Schemas:
    """Collects the schemas that a document refers to."""

    def __init__(self) -> None:
        self._definitions: dict[str, dict[str, Any]] = {}

    def request(self, model: type[BaseModel]) -> dict[str, Any]:
        """A reference to what a client sends."""
        return self._refer(model, "validation")

    def reply(self, model: type[BaseModel]) -> dict[str, Any]:
        """A reference to what the service answers: every field is always there."""
        return self._refer(model, "serialization")

    def properties(self, model: type[BaseModel]) -> dict[str, dict[str, Any]]:
        """The schemas of a query's parameters, by name."""
        schema = model.model_json_schema(schema_generator=_Generator, ref_template=_REFERENCE)
        self._add(schema.pop("$defs", {}))
        properties: dict[str, dict[str, Any]] = schema["properties"]
        return {name: _without_null(wanted) for name, wanted in properties.items()}

    def definitions(self) -> dict[str, dict[str, Any]]:
        """All that were referred to, by name."""
        return dict(sorted(self._definitions.items()))

    def _refer(self, model: type[BaseModel], mode: JsonSchemaMode) -> dict[str, Any]:
        schema = model.model_json_schema(
            mode=mode, schema_generator=_Generator, ref_template=_REFERENCE
        )
        self._add(schema.pop("$defs", {}))
        self._add({model.__name__: schema})
        return {"$ref": _REFERENCE.format(model=model.__name__)}

    def _add(self, found: dict[str, dict[str, Any]]) -> None:
        for name, schema in found.items():
            if self._definitions.setdefault(name, schema) != schema:
                raise ValueError(f"Two models are named {name}.")


def _without_null(schema: dict[str, Any]) -> dict[str, Any]:
    """A parameter that is not sent is absent, not null."""
    choices = [each for each in schema.get("anyOf", ()) if each != {"type": "null"}]
    if len(choices) != 1:
        return schema
    rest = {key: value for key, value in schema.items() if key not in ("anyOf", "default")}
    return {**choices[0], **rest}
