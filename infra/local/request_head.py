"""The head of an HTTP/1.1 request, read and changed without touching what it does not concern."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self
from urllib.parse import parse_qs, unquote, urlsplit


class Malformed(ValueError):
    """It is no request."""


@dataclass(frozen=True, slots=True)
class RequestHead:
    """The request line and the headers, in their order.

    Attributes:
        target: as it was sent: path and query.
    """

    method: str
    target: str
    version: str
    headers: tuple[tuple[str, str], ...]

    @classmethod
    def parse(cls, head: bytes) -> Self:
        """Reads a head up to and with its empty line. Raises `Malformed`."""
        line, *rest = head.decode("latin-1").removesuffix("\r\n\r\n").split("\r\n")
        words = line.split(" ")
        if len(words) != 3 or not words[1].startswith("/"):
            raise Malformed
        pairs = [each.partition(":") for each in rest]
        if any(not colon or not name or name != name.strip() for name, colon, _ in pairs):
            raise Malformed
        return cls(words[0], words[1], words[2], tuple((n, v.strip()) for n, _, v in pairs))

    def __bytes__(self) -> bytes:
        lines = [f"{self.method} {self.target} {self.version}"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")

    @property
    def path(self) -> str:
        """Decoded, without the query."""
        return unquote(urlsplit(self.target).path)

    def header(self, name: str) -> str | None:
        """The first header of that name."""
        return next((v for n, v in self.headers if n.lower() == name.lower()), None)

    def asked(self, name: str) -> str:
        """A parameter of the query; empty where there is none."""
        return parse_qs(urlsplit(self.target).query).get(name, [""])[0]

    def with_header(self, name: str, value: str) -> Self:
        """The same with one header of that name, and no other."""
        kept = tuple((n, v) for n, v in self.headers if n.lower() != name.lower())
        return replace(self, headers=(*kept, (name, value)))

    def without_query(self) -> Self:
        """The same without what the query says."""
        return replace(self, target=self.target.partition("?")[0])
