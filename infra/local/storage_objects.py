"""The objects of the Cloud Storage emulator, on disk.

`objects/` has two files for each object: its bytes and its resource. The resource is written last,
by renaming, so an object is there whole or not at all, also after kill -9. `sessions/` has the
same two for each unfinished upload.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import IO, Any

from shared.adapters.google.crc32c import Crc32c

Resource = dict[str, Any]

# https://cloud.google.com/storage/docs/performing-resumable-uploads#chunked-upload
CHUNK_MULTIPLE_BYTES = 256 * 1024
_COPY_BYTES = 256 * 1024


class StorageError(Exception):
    """An answer other than success.

    Args:
        status: HTTP status.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.message = message


@dataclass(frozen=True, slots=True)
class Preconditions:
    """What must hold for the live object; generation 0 means that there is none."""

    generation_match: int | None = None
    generation_not_match: int | None = None

    def check(self, live: Resource | None) -> None:
        """Raises `StorageError` 412 unless they hold."""
        generation = 0 if live is None else int(live["generation"])
        if self.generation_match not in (None, generation) or (
            self.generation_not_match == generation
        ):
            raise StorageError(
                412, "At least one of the pre-conditions you specified did not hold."
            )


@dataclass(frozen=True, slots=True)
class Upload:
    """An unfinished upload: what the object is to be, and when it may become it.

    Attributes:
        size: what `X-Upload-Content-Length` fixed, None if nothing did.
        origin: of the pages that may send to it, None if no page began it.
    """

    id: str
    resource: Resource
    preconditions: Preconditions
    size: int | None = None
    origin: str | None = None


class ObjectStore:
    """Objects and unfinished uploads under `root`, each durable when the call returns.

    One process at a time; threads may share it. Without object versioning: an object replaced or
    deleted is gone.
    """

    def __init__(self, root: Path) -> None:
        self._objects = root / "objects"
        self._sessions = root / "sessions"
        for directory in (self._objects, self._sessions):
            directory.mkdir(parents=True, exist_ok=True)
        self._lock = Lock()
        self._live: dict[tuple[str, str], Resource] = {}
        self._by_upload: dict[str, Resource] = {}
        self._last_generation = 0
        self._load()

    def get(self, bucket: str, name: str, generation: int | None = None) -> Resource:
        """The live object's resource. Raises `StorageError` 404, also for another generation."""
        found = self._live.get((bucket, name))
        if found is None or generation not in (None, int(found["generation"])):
            raise StorageError(404, f"No such object: {bucket}/{name}")
        return found

    def find(self, bucket: str, prefix: str) -> list[Resource]:
        """Live objects whose name starts with `prefix`, by name."""
        return [
            resource
            for (owner, name), resource in sorted(self._live.items())
            if owner == bucket and name.startswith(prefix)
        ]

    def open(self, resource: Resource) -> IO[bytes]:
        """The bytes of a live object. Raises `StorageError` 404 if it was replaced meanwhile."""
        try:
            return self._content(resource).open("rb")
        except FileNotFoundError:
            raise StorageError(404, "No such object.") from None

    def delete(
        self, bucket: str, name: str, generation: int | None, preconditions: Preconditions
    ) -> None:
        """Deletes the live object. Raises `StorageError` 404 or 412."""
        with self._lock:
            resource = self.get(bucket, name, generation)
            preconditions.check(resource)
            del self._live[bucket, name]
            self._forget(resource)

    def begin(
        self,
        resource: Resource,
        preconditions: Preconditions,
        size: int | None = None,
        origin: str | None = None,
    ) -> Upload:
        """Opens an upload of `resource` (bucket, name, contentType, metadata). Raises 412."""
        preconditions.check(self._live.get((resource["bucket"], resource["name"])))
        upload = Upload(secrets.token_urlsafe(24), resource, preconditions, size, origin)
        self.part(upload).touch()
        state = {
            "resource": resource,
            "match": preconditions.generation_match,
            "not_match": preconditions.generation_not_match,
            "size": size,
            "origin": origin,
        }
        _write_durably(self._sessions / f"{upload.id}.json", state)
        return upload

    def upload(self, upload_id: str) -> Upload:
        """The unfinished upload with this id. Raises `StorageError` 404."""
        if not upload_id.replace("-", "").replace("_", "").isalnum():
            raise StorageError(404, "No such upload.")
        try:
            state = json.loads((self._sessions / f"{upload_id}.json").read_text())
        except FileNotFoundError:
            raise StorageError(404, "No such upload.") from None
        preconditions = Preconditions(state["match"], state["not_match"])
        return Upload(
            upload_id, state["resource"], preconditions, state.get("size"), state.get("origin")
        )

    def finished(self, upload_id: str) -> Resource | None:
        """What the upload became, if it is finished."""
        return self._by_upload.get(upload_id)

    def part(self, upload: Upload) -> Path:
        """The file of the bytes that an unfinished upload has so far."""
        return self._sessions / f"{upload.id}.part"

    def cancel(self, upload: Upload) -> None:
        """Drops an unfinished upload and its bytes."""
        (self._sessions / f"{upload.id}.json").unlink(missing_ok=True)
        self.part(upload).unlink(missing_ok=True)

    def finish(self, upload: Upload, expected: Mapping[str, str]) -> Resource:
        """Makes the upload the live object.

        Args:
            expected: checksums in base64 by their name in `X-Goog-Hash` (`crc32c`, `md5`).

        Raises:
            StorageError: 412, and 400 if a checksum is another.
        """
        part = self.part(upload)
        sums = _checksums(part)
        if any(sums.get(name, value) != value for name, value in expected.items()):
            raise StorageError(400, "The checksum does not match what was received.")
        with self._lock:
            key = (upload.resource["bucket"], upload.resource["name"])
            replaced = self._live.get(key)
            upload.preconditions.check(replaced)
            resource = self._completed(upload.resource, part, sums)
            part.replace(self._content(resource))
            self._save(resource, {"upload": upload.id, "notified": False})
            self._live[key] = self._by_upload[upload.id] = resource
            if replaced:
                self._forget(replaced)
        self.cancel(upload)
        return resource

    def unnotified(self) -> list[Resource]:
        """Live objects of which nobody was told yet."""
        return [r for r in self._live.values() if not self._saved(r)["notified"]]

    def mark_notified(self, resource: Resource) -> None:
        """Notes that whoever subscribes has been told."""
        with self._lock:
            if self._live.get((resource["bucket"], resource["name"])) == resource:
                self._save(resource, {**self._saved(resource), "notified": True})

    def _load(self) -> None:
        for path in sorted(self._objects.glob("*.json"), key=lambda path: int(path.stem)):
            saved = json.loads(path.read_text())
            resource = saved["resource"]
            replaced = self._live.get((resource["bucket"], resource["name"]))
            if replaced:
                self._forget(replaced)
            self._live[resource["bucket"], resource["name"]] = resource
            self._by_upload[saved["upload"]] = resource
            self._last_generation = int(resource["generation"])

    def _completed(self, resource: Resource, part: Path, sums: Mapping[str, str]) -> Resource:
        # Microseconds, as Cloud Storage's look; never the same twice.
        self._last_generation = max(self._last_generation + 1, time.time_ns() // 1000)
        now = datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        generation = str(self._last_generation)
        return {
            **resource,
            "kind": "storage#object",
            "id": f"{resource['bucket']}/{resource['name']}/{generation}",
            "generation": generation,
            "metageneration": "1",
            "size": str(part.stat().st_size),
            "crc32c": sums["crc32c"],
            "md5Hash": sums["md5"],
            "storageClass": "STANDARD",
            "timeCreated": now,
            "updated": now,
        }

    def _save(self, resource: Resource, state: Mapping[str, Any]) -> None:
        path = self._objects / f"{resource['generation']}.json"
        _write_durably(path, {**state, "resource": resource})

    def _saved(self, resource: Resource) -> Mapping[str, Any]:
        path = self._objects / f"{resource['generation']}.json"
        saved: Mapping[str, Any] = json.loads(path.read_text())
        return saved

    def _content(self, resource: Resource) -> Path:
        return self._objects / f"{resource['generation']}.bin"

    def _forget(self, resource: Resource) -> None:
        (self._objects / f"{resource['generation']}.json").unlink(missing_ok=True)
        self._content(resource).unlink(missing_ok=True)


def _checksums(path: Path) -> dict[str, str]:
    crc32c, md5 = Crc32c(), hashlib.md5(usedforsecurity=False)
    try:
        with path.open("rb") as content:
            while chunk := content.read(_COPY_BYTES):
                crc32c.update(chunk)
                md5.update(chunk)
            os.fsync(content.fileno())
    except FileNotFoundError:
        raise StorageError(404, "No such upload.") from None
    return {"crc32c": str(crc32c), "md5": base64.b64encode(md5.digest()).decode()}


def _write_durably(path: Path, value: Mapping[str, Any]) -> None:
    draft = path.with_suffix(".tmp")
    with draft.open("w") as file:
        json.dump(value, file)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
