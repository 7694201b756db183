"""The file of the reader's own weights: 8 bits a weight, a scale a row (absmax, symmetric)."""

import hashlib
from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import load_file, save_file

from index.errors import EmbedderError
from index.types import FloatArray

SHIPPED = Path(__file__).with_name("reader.safetensors")
SHIPPED_SHA256 = "325a20310c4a9d45aec7e0960cb8cfe6822ca7e983cd9f1b36789bf2a987e6ad"
_SCALE = ".scale"
_LEAST_SCALE = np.finfo(np.float16).tiny


def save_weights(tensors: Mapping[str, FloatArray], path: Path) -> str:
    """Write the tensors, matrices in 8 bits and the rest in 16; return the file's SHA-256."""
    stored: dict[str, NDArray[np.generic]] = {}
    for name, tensor in tensors.items():
        if tensor.ndim < 2:
            stored[name] = tensor.astype(np.float16)
            continue
        scale = np.abs(tensor).max(axis=1, keepdims=True) / 127
        scale = np.maximum(scale.astype(np.float16), _LEAST_SCALE).astype(np.float32)
        stored[name] = np.clip(np.rint(tensor / scale), -127, 127).astype(np.int8)
        stored[name + _SCALE] = scale.astype(np.float16)
    save_file(stored, path)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def load_weights(path: Path, sha256: str) -> dict[str, FloatArray]:
    """Return the tensors as float32. Raises EmbedderError when the file is not the known one."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise EmbedderError(f"The reader's weights cannot be read: {error}. {_REMEDY}") from error
    if hashlib.sha256(content).hexdigest() != sha256:
        raise EmbedderError(f"{path} is damaged or of another version. {_REMEDY}")
    stored = load_file(path)
    return {name: _widened(stored, name) for name in stored if not name.endswith(_SCALE)}


_REMEDY = "Get the file anew: git checkout rag/reader/reader.safetensors"


def _widened(stored: Mapping[str, NDArray[np.generic]], name: str) -> FloatArray:
    tensor = stored[name].astype(np.float32)
    scale = stored.get(name + _SCALE)
    return tensor if scale is None else tensor * scale.astype(np.float32)
