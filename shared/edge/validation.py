"""Requests become wire models, or an error that names every wrong field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, cast

from shared.domain.errors import TooLarge

from .problems import FieldErrors

if TYPE_CHECKING:
    from pydantic import BaseModel, ValidationError
    from pydantic_core import ErrorDetails
    from werkzeug.datastructures import MultiDict

_MAX_ERRORS: Final = 20
_Found = tuple[str | None, str]


@cache
def model(name: str) -> type[BaseModel]:
    """The wire model that the table names as `module:Class`."""
    module, _, attribute = name.partition(":")
    return cast("type[BaseModel]", getattr(import_module(module), attribute))


def validate_body(kind: type[BaseModel], body: Any) -> BaseModel:
    """`body` as an instance of `kind`.

    Raises:
        FieldErrors: naming the wrong fields, in dotted form.
        TooLarge: if a field is over its size in bytes.
    """
    if not isinstance(body, Mapping):
        raise FieldErrors("The body must be a JSON object.", [(None, "must be a JSON object")])
    return _validate(kind, body, ())


def validate_query(kind: type[BaseModel], arguments: MultiDict[str, str]) -> BaseModel:
    """The query's parameters as an instance of `kind`; those that it does not know are ignored."""
    known = {field.alias or name for name, field in kind.model_fields.items()}
    repeated = [
        (name, "is given more than once")
        for name in arguments
        if name in known and len(arguments.getlist(name)) > 1
    ]
    return _validate(kind, arguments.to_dict(), repeated)


def _validate(
    kind: type[BaseModel], values: Mapping[str, Any], known: Sequence[_Found]
) -> BaseModel:
    from pydantic import ValidationError

    try:
        valid = kind.model_validate(values)
    except ValidationError as error:
        raise _told([*known, *_found(error)]) from None
    if known:
        raise _told(list(known))
    return valid


def _found(error: ValidationError) -> list[_Found]:
    details = error.errors(include_url=False, include_context=False, include_input=False)
    for detail in details:
        if detail["type"] == "too_large":
            raise TooLarge(_sentence(*_named(detail)), field=_named(detail)[0])
    return [_named(detail) for detail in details[:_MAX_ERRORS]]


def _named(detail: ErrorDetails) -> _Found:
    field = ".".join(str(part) for part in detail["loc"]) or None
    message = detail["msg"].removeprefix("Value error, ").removeprefix("Input ")
    return field, message[:1].lower() + message[1:]


def _told(errors: list[_Found]) -> FieldErrors:
    rest = len(errors) - 1
    more = f" ({rest} more under errors)" if rest else ""
    return FieldErrors(_sentence(*errors[0]) + more, errors)


def _sentence(field: str | None, message: str) -> str:
    return f"{field or 'The request'}: {message}."
