"""An emulator of Cloud Storage for tests and for one machine.

Speaks what google-cloud-storage uses of the JSON API
(https://cloud.google.com/storage/docs/json_api/v1): resumable, multipart and simple insert, media
and metadata get, list, delete; generations, generation preconditions, ranges, CRC32C and MD5. It
publishes OBJECT_FINALIZE before it answers the request that finishes an object. Every bucket
exists. There is no versioning, no access control and no encryption.

    python -m infra.local.storage_emulator --port 9023 --data .insight/storage \\
        --pubsub 127.0.0.1:8085 --pubsub-project insight-local --topic uploads \\
        --notify-bucket uploads
"""

from __future__ import annotations

import argparse
import json
import re
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from .storage_notifications import Notifications
from .storage_objects import ObjectStore, Resource, StorageError
from .storage_uploads import Body, Progress, Uploads, preconditions

_SEND_BYTES = 256 * 1024
_PAGE = 1000
# https://cloud.google.com/storage/docs/performing-resumable-uploads#cancel-upload
_CANCELLED = 499
_INCOMPLETE = 308
_UPLOAD = re.compile(r"(?:/resumable)?/upload/storage/v1/b/([^/]+)/o")
_OBJECTS = re.compile(r"/storage/v1/b/([^/]+)/o")
_OBJECT = re.compile(r"(?:/download)?/storage/v1/b/([^/]+)/o/(.+)")
_RANGE = re.compile(r"bytes=(\d+)-(\d*)")


class StorageEmulator(ThreadingHTTPServer):
    """The server; `server_address` tells where.

    Args:
        notifications: None publishes nothing.
    """

    daemon_threads = True
    # Clients open a connection for every thread; the default backlog of 5 would reset some.
    request_queue_size = 128

    def __init__(
        self, host: str, port: int, data: Path, notifications: Notifications | None
    ) -> None:
        self.store = ObjectStore(data)
        self.uploads = Uploads(self.store, notifications.send if notifications else _tell_nobody)
        super().__init__((host, port), _Handler)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # An answer is two writes, and Nagle would hold back the second for 40 ms.
    disable_nagle_algorithm = True
    server: StorageEmulator

    def do_GET(self) -> None:
        self._answer(self._get)

    def do_POST(self) -> None:
        self._answer(self._post)

    def do_PUT(self) -> None:
        self._answer(self._put)

    def do_DELETE(self) -> None:
        self._answer(self._delete)

    def do_OPTIONS(self) -> None:
        self._answer(lambda *_: self._send(200, b"", {}))

    def log_message(self, *_: Any) -> None:
        """Object names are people's ids: nothing is logged."""

    def _answer(self, handle: Any) -> None:
        parts = urlsplit(self.path)
        self._body = Body(self.rfile, int(self.headers.get("Content-Length") or 0))
        query = dict(parse_qsl(parts.query, keep_blank_values=True))
        self._cors = self._cors_headers(query.get("upload_id"))
        try:
            handle(parts.path, query)
        except StorageError as error:
            self._refuse(error)
        except ValueError:
            self._refuse(StorageError(400, "The request is malformed."))

    def _cors_headers(self, upload_id: str | None) -> Mapping[str, str]:
        origin = self.headers.get("Origin")
        if origin is None or upload_id is None:
            return {}
        if origin != self.server.uploads.origin_of(upload_id):
            return {}
        return {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Methods": "DELETE, PUT",
            "Access-Control-Allow-Headers": "Content-Range, Content-Type, X-Goog-Hash",
            "Access-Control-Expose-Headers": "Range",
        }

    def _refuse(self, error: StorageError) -> None:
        self._body.skip()
        content = {"code": error.status, "message": error.message}
        self._send_json(error.status, {"error": content})

    def _get(self, path: str, query: Mapping[str, str]) -> None:
        if found := _OBJECTS.fullmatch(path):
            self._send_json(200, self._listed(unquote(found[1]), query))
        elif found := _OBJECT.fullmatch(path):
            generation = query.get("generation")
            resource = self.server.store.get(
                unquote(found[1]), unquote(found[2]), int(generation) if generation else None
            )
            preconditions(query).check(resource)
            if query.get("alt") == "media":
                self._send_media(resource)
            else:
                self._send_json(200, resource)
        elif path == "/":
            self._send_json(200, {"kind": "storage#emulator"})
        else:
            raise StorageError(404, "Not Found")

    def _post(self, path: str, query: Mapping[str, str]) -> None:
        found = _UPLOAD.fullmatch(path)
        if found is None:
            raise StorageError(404, "Not Found")
        uploads, bucket = self.server.uploads, unquote(found[1])
        if query.get("uploadType") != "resumable":
            self._send_json(200, uploads.whole(bucket, query, self.headers, self._body))
            return
        upload_id = uploads.begin(bucket, query, self.headers, self._body)
        address = self.headers.get("Host") or f"127.0.0.1:{self.server.server_port}"
        location = f"http://{address}{path}?uploadType=resumable&upload_id={upload_id}"
        self._send(200, b"", {"Location": location, "X-GUploader-UploadID": upload_id})

    def _put(self, path: str, query: Mapping[str, str]) -> None:
        answer = self.server.uploads.put(self._upload_id(path, query), self.headers, self._body)
        if isinstance(answer, Progress):
            kept = answer.kept_bytes
            self._send(_INCOMPLETE, b"", {"Range": f"bytes=0-{kept - 1}"} if kept else {})
        else:
            self._send_json(200, answer)

    def _delete(self, path: str, query: Mapping[str, str]) -> None:
        if found := _OBJECT.fullmatch(path):
            generation = query.get("generation")
            self.server.store.delete(
                unquote(found[1]),
                unquote(found[2]),
                int(generation) if generation else None,
                preconditions(query),
            )
            self._send(204, b"", {})
        else:
            self.server.uploads.cancel(self._upload_id(path, query))
            self._send(_CANCELLED, b"", {})

    @staticmethod
    def _upload_id(path: str, query: Mapping[str, str]) -> str:
        if _UPLOAD.fullmatch(path) is None or "upload_id" not in query:
            raise StorageError(404, "Not Found")
        return query["upload_id"]

    def _listed(self, bucket: str, query: Mapping[str, str]) -> Resource:
        found = self.server.store.find(bucket, query.get("prefix", ""))
        after = unquote(query.get("pageToken", ""))
        size = min(_PAGE, int(query.get("maxResults") or _PAGE))
        rest = [resource for resource in found if resource["name"] > after]
        page: Resource = {"kind": "storage#objects", "items": rest[:size]}
        if len(rest) > size:
            page["nextPageToken"] = quote(rest[size - 1]["name"], safe="")
        return page

    def _send_media(self, resource: Resource) -> None:
        size = int(resource["size"])
        start, end = self._requested(size)
        headers = {
            "Content-Type": resource["contentType"],
            "Content-Length": str(end - start),
            "X-Goog-Generation": resource["generation"],
            "X-Goog-Hash": f"crc32c={resource['crc32c']},md5={resource['md5Hash']}",
            "X-Goog-Stored-Content-Length": resource["size"],
            "X-Goog-Stored-Content-Encoding": "identity",
        }
        partial = "Range" in self.headers
        if partial:
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
        with self.server.store.open(resource) as content:
            self._send_head(206 if partial else 200, headers)
            content.seek(start)
            left = end - start
            while left and (chunk := content.read(min(left, _SEND_BYTES))):
                self.wfile.write(chunk)
                left -= len(chunk)

    def _requested(self, size: int) -> tuple[int, int]:
        """The bytes [start, end) of the Range header."""
        found = _RANGE.fullmatch(self.headers.get("Range", "bytes=0-"))
        if found is None:
            raise StorageError(400, "This range is not supported.")
        start = int(found[1])
        end = min(size, int(found[2]) + 1) if found[2] else size
        if "Range" in self.headers and start >= end:
            raise StorageError(416, "The requested range cannot be satisfied.")
        return start, end

    def _send_json(self, status: int, value: Resource) -> None:
        self._send(status, json.dumps(value).encode(), {"Content-Type": "application/json"})

    def _send(self, status: int, body: bytes, headers: Mapping[str, str]) -> None:
        self._send_head(status, {**headers, "Content-Length": str(len(body))})
        self.wfile.write(body)

    def _send_head(self, status: int, headers: Mapping[str, str]) -> None:
        self.send_response(status)
        for name, value in {**headers, **self._cors}.items():
            self.send_header(name, value)
        self.end_headers()


def _tell_nobody(resource: Resource) -> None:
    pass


def main() -> None:
    """Serves until it is stopped."""
    options = _parse()
    notifications = None
    if options.pubsub:
        topic = f"projects/{options.pubsub_project}/topics/{options.topic}"
        notifications = Notifications(options.pubsub, topic, options.notify_bucket)
    emulator = StorageEmulator(options.host, options.port, options.data, notifications)
    emulator.uploads.retell()
    print(f"Cloud Storage emulator: http://{options.host}:{emulator.server_port}", flush=True)
    try:
        emulator.serve_forever()
    except KeyboardInterrupt:
        emulator.server_close()


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Emulates Cloud Storage.")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=9023, help="0: any free one")
    parser.add_argument("--data", type=Path, required=True, help="directory; kept between runs")
    parser.add_argument("--pubsub", help="Pub/Sub emulator's host:port; without: no notifications")
    parser.add_argument("--pubsub-project", default="insight-local")
    parser.add_argument("--topic", default="uploads")
    parser.add_argument("--notify-bucket", default="uploads")
    return parser.parse_args()


if __name__ == "__main__":
    main()
