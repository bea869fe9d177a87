"""Errors on the wire: RFC 9457 problem details, which a client of API.md also understands."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from .wire import Wire


class FieldProblem(Wire):
    """One wrong field."""

    field: str | None = Field(description="Dotted name, null where it is the request as a whole.")
    message: str


class Problem(Wire):
    """What every error is answered with.

    RFC 9457 makes `status` a number; API.md makes it the word that tells success from error. The
    word stands there, and the number beside it as `http_status`.
    """

    type: str = Field(description="URI of the kind of problem.")
    title: str
    status: Literal["error"]
    http_status: int
    code: str = Field(description="Stable name of the kind of problem.", examples=["not_found"])
    detail: str = Field(description="A sentence for people.")
    message: str = Field(description="The same as `detail`.")
    instance: str = Field(description="Id of the request, as in X-Request-Id.")
    field: str | None = Field(None, description="The first wrong field.")
    errors: list[FieldProblem] | None = Field(None, description="All wrong fields.")
