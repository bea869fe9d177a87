"""The rows of a document store: documents, their index entries, and the indexes asked for."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass

from shared.application.ports import Document
from shared.domain.errors import AlreadyExists

from .index import entries, index_name
from .plan import Plan
from .values import check_name, load

SCHEMA = """
CREATE TABLE document (
    collection TEXT NOT NULL,
    id TEXT NOT NULL,
    data TEXT NOT NULL,
    UNIQUE (collection, id)
);
CREATE TABLE field (
    collection TEXT NOT NULL,
    name TEXT NOT NULL,
    key BLOB NOT NULL,
    id TEXT NOT NULL,
    PRIMARY KEY (collection, name, key, id)
) WITHOUT ROWID;
CREATE TABLE combination (
    collection_id TEXT NOT NULL,
    fields TEXT NOT NULL,
    PRIMARY KEY (collection_id, fields)
) WITHOUT ROWID
"""

_ADD_ENTRY = "INSERT INTO field (collection, id, name, key) VALUES (?, ?, ?, ?)"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a document stands."""

    collection: str
    id: str

    @classmethod
    def at(cls, path: str) -> Place:
        """The place that a document path names.

        Raises:
            ValueError: it is not the path of a document.
        """
        parts = path.split("/")
        if len(parts) % 2:
            raise ValueError("A document path has an even number of parts.")
        check_parts(parts)
        collection, _, document_id = path.rpartition("/")
        return cls(collection, document_id)

    @property
    def key(self) -> tuple[str, str]:
        """(collection, id), as SQL takes it."""
        return self.collection, self.id


@dataclass(frozen=True, slots=True)
class Write:
    """A document to write; `text` None deletes it, `new` refuses to replace one."""

    place: Place
    text: str | None
    new: bool = False


def check_parts(parts: list[str]) -> None:
    """Raises `ValueError` unless each of `parts` may stand in a path."""
    for part in parts:
        check_name(part)
        if part in (".", ".."):
            raise ValueError("A path part cannot be a dot or two.")


def read(connection: sqlite3.Connection, path: str) -> Document | None:
    """The document at `path`."""
    text = _text(connection, Place.at(path))
    return None if text is None else Document(path, load(text))


def select(connection: sqlite3.Connection, collection: str, scan: Plan) -> list[Document]:
    """The documents that `scan` finds."""
    rows = connection.execute(scan.selection, scan.parameters).fetchall()
    return [Document(f"{collection}/{document_id}", load(text)) for document_id, text in rows]


def write(connection: sqlite3.Connection, change: Write) -> None:
    """Writes one document and its index entries.

    Raises:
        AlreadyExists: `change` is for a new document and there is one.
    """
    old = _text(connection, change.place)
    if change.new and old is not None:
        raise AlreadyExists("There is such a document already.")
    if change.text is None:
        connection.execute("DELETE FROM document WHERE collection = ? AND id = ?", change.place.key)
    else:
        connection.execute(
            "INSERT INTO document (collection, id, data) VALUES (?, ?, ?)"
            " ON CONFLICT (collection, id) DO UPDATE SET data = excluded.data",
            (*change.place.key, change.text),
        )
    _reindex(connection, change.place, old, change.text)


def delete_below(connection: sqlite3.Connection, path: str) -> int:
    """Deletes all documents below the document at `path`; tells how many."""
    Place.at(path)
    # All that begins with "path/", for "0" follows "/" in UTF-8.
    bounds = (f"{path}/", f"{path}0")
    connection.execute("DELETE FROM field WHERE collection >= ? AND collection < ?", bounds)
    return connection.execute(
        "DELETE FROM document WHERE collection >= ? AND collection < ?", bounds
    ).rowcount


def add_index(connection: sqlite3.Connection, collection: str, fields: tuple[str, ...]) -> None:
    """Makes the index over `fields` for all collections of this name, if there is none yet."""
    name = collection_id(collection)
    added = connection.execute(
        "INSERT OR IGNORE INTO combination (collection_id, fields) VALUES (?, ?)",
        (name, json.dumps(fields)),
    ).rowcount
    if added:
        documents = connection.execute(
            "SELECT collection, id, data FROM document"
            " WHERE collection = ?1 OR substr(collection, -length(?1) - 1) = '/' || ?1",
            (name,),
        )
        for *key, text in documents.fetchall():
            connection.executemany(
                _ADD_ENTRY,
                [
                    (*key, *entry)
                    for entry in entries(load(text), [fields])
                    if entry[0] == index_name(fields)
                ],
            )


def collection_id(collection: str) -> str:
    """Last part of a collection's path: what Firestore's indexes are named for."""
    return collection.rpartition("/")[2]


def _text(connection: sqlite3.Connection, place: Place) -> str | None:
    row = connection.execute(
        "SELECT data FROM document WHERE collection = ? AND id = ?", place.key
    ).fetchone()
    return None if row is None else row[0]


def _reindex(
    connection: sqlite3.Connection, place: Place, old: str | None, new: str | None
) -> None:
    combinations = _combinations(connection, collection_id(place.collection))
    before = set() if old is None else entries(load(old), combinations)
    after = set() if new is None else entries(load(new), combinations)
    connection.executemany(
        "DELETE FROM field WHERE collection = ? AND id = ? AND name = ? AND key = ?",
        [(*place.key, *entry) for entry in before - after],
    )
    connection.executemany(_ADD_ENTRY, [(*place.key, *entry) for entry in after - before])


def _combinations(connection: sqlite3.Connection, name: str) -> list[tuple[str, ...]]:
    rows = connection.execute(
        "SELECT fields FROM combination WHERE collection_id = ?", (name,)
    ).fetchall()
    return [tuple(json.loads(fields)) for (fields,) in rows]
