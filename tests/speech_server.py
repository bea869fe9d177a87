"""Speech-to-Text v2 and its long-running operations in this process, over real gRPC and protos."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from concurrent import futures
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

import grpc
from google.cloud import speech_v2 as v2
from google.longrunning import operations_pb2
from google.protobuf import any_pb2, empty_pb2
from google.rpc import status_pb2


@dataclass
class SpeechServer:
    """Answers each request with an operation that is done after `polls` questions.

    Attributes:
        write: stores an answer: (gs:// URI, bytes).
        refuse: status and count of calls that are refused before any is answered.
        file_error: google.rpc.Code of each file, 0 for none.
    """

    write: Callable[[str, bytes], None]
    answer: dict[str, Any] = field(default_factory=dict)
    polls: int = 0
    refuse: list[grpc.StatusCode] = field(default_factory=list)
    file_error: int = 0
    operation_error: int = 0
    requests: list[v2.BatchRecognizeRequest] = field(default_factory=list)
    operations: dict[str, v2.BatchRecognizeRequest] = field(default_factory=dict)
    cancelled: list[str] = field(default_factory=list)
    asked: int = 0

    def batch_recognize(self, request: bytes, context: grpc.ServicerContext) -> bytes:
        self._refuse(context)
        found = v2.BatchRecognizeRequest.deserialize(request)
        self.requests.append(found)
        name = f"projects/p/locations/eu/operations/{len(self.requests)}"
        self.operations[name] = found
        return operations_pb2.Operation(name=name).SerializeToString()

    def get_operation(self, request: bytes, context: grpc.ServicerContext) -> bytes:
        self._refuse(context)
        name = operations_pb2.GetOperationRequest.FromString(request).name
        if name not in self.operations:
            context.abort(grpc.StatusCode.NOT_FOUND, "no such operation")
        self.asked += 1
        operation = operations_pb2.Operation(name=name)
        if self.asked > self.polls:
            operation.done = True
            if self.operation_error:
                operation.error.CopyFrom(status_pb2.Status(code=self.operation_error))
            else:
                operation.response.CopyFrom(self._response(self.operations[name]))
        return operation.SerializeToString()

    def cancel_operation(self, request: bytes, context: grpc.ServicerContext) -> bytes:
        self._refuse(context)
        name = operations_pb2.CancelOperationRequest.FromString(request).name
        if name not in self.operations:
            context.abort(grpc.StatusCode.NOT_FOUND, "no such operation")
        self.cancelled.append(name)
        return empty_pb2.Empty().SerializeToString()

    def _refuse(self, context: grpc.ServicerContext) -> None:
        if self.refuse:
            context.abort(self.refuse.pop(0), "refused")

    def _response(self, request: v2.BatchRecognizeRequest) -> any_pb2.Any:
        results = {}
        for file in request.files:
            found = v2.BatchRecognizeFileResult()
            if self.file_error:
                found.error = status_pb2.Status(code=self.file_error)
            else:
                uri = f"{request.recognition_output_config.gcs_output_config.uri}answer.json"
                self.write(uri, json.dumps(self.answer).encode())
                found.cloud_storage_result = v2.CloudStorageResult(uri=uri)
            results[file.uri] = found
        packed = any_pb2.Any()
        response = v2.BatchRecognizeResponse(results=results)
        packed.Pack(v2.BatchRecognizeResponse.pb(response))
        return packed


@contextmanager
def serving(server: SpeechServer) -> Iterator[v2.SpeechClient]:
    """A client of `server`, over a socket of the loopback."""
    from google.cloud.speech_v2.services.speech.transports import SpeechGrpcTransport

    running = grpc.server(futures.ThreadPoolExecutor(2))
    services = {
        "google.cloud.speech.v2.Speech": {"BatchRecognize": server.batch_recognize},
        "google.longrunning.Operations": {
            "GetOperation": server.get_operation,
            "CancelOperation": server.cancel_operation,
        },
    }
    for service, methods in services.items():
        handlers = {
            name: grpc.unary_unary_rpc_method_handler(method) for name, method in methods.items()
        }
        running.add_generic_rpc_handlers([grpc.method_handlers_generic_handler(service, handlers)])
    port = running.add_insecure_port("127.0.0.1:0")
    running.start()
    channel = grpc.insecure_channel(f"127.0.0.1:{port}")
    try:
        yield v2.SpeechClient(transport=SpeechGrpcTransport(channel=channel))
    finally:
        channel.close()
        running.stop(None)
