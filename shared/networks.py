"""Shipped neural networks, as they run in a function: on one core, and small."""

from __future__ import annotations

from importlib.resources.abc import Traversable
from typing import Any


def load_network(file: Traversable) -> Any:
    """Return the onnxruntime session of an ONNX file: one thread of its own, thread-safe."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    options.enable_cpu_mem_arena = False
    return onnxruntime.InferenceSession(
        file.read_bytes(), options, providers=["CPUExecutionProvider"]
    )
