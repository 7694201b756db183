"""Models by name or folder: fetched from the hub once, and told apart by what is in them."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from index.errors import EmbedderError
from index.reports import Notify

_HUB_SECONDS = 5.0
_UNUSED = (
    *("onnx/*", "openvino/*", "original/*"),
    *("*.onnx", "*.h5", "*.msgpack", "*.ot", "*.gguf", "*.pth"),
)
_WEIGHTS = {".safetensors", ".bin"}
_SHAPES_VECTORS = _WEIGHTS | {".json", ".txt", ".model"}
_SAMPLES = 64
_SAMPLE_BYTES = 1 << 16


def local_folder(name: str, notify: Notify) -> Path:
    """Return the folder of an embedding model, or a reader, downloaded unless it is here already.

    Raises EmbedderError, within seconds, when the model hub cannot be reached or does not know it.
    """
    if (folder := Path(name).expanduser()).is_dir():
        return folder
    try:
        return fetched(name if "/" in name else f"sentence-transformers/{name}", notify)
    except ValueError:
        raise EmbedderError(f"{name} is neither a folder nor the name of a model.") from None
    except ConnectionError as error:
        raise EmbedderError(f"{error} and give that folder by `--embedder FOLDER`.") from error


def fetched(repository: str, notify: Notify) -> Path:
    """Return the folder of a model of the hub, downloaded unless it is here already.

    Raises ValueError for what is no name of a model, and ConnectionError, within seconds, when it
    cannot be had; its message ends before what to do with a folder that was downloaded elsewhere.
    """
    from huggingface_hub import HfApi
    from huggingface_hub.errors import HFValidationError, LocalEntryNotFoundError

    try:
        folder = _snapshot(repository, but=(*_UNUSED, "*.bin"), local_files_only=True)
        if any(path.suffix in _WEIGHTS for path in folder.rglob("*")):
            return folder
    except LocalEntryNotFoundError:
        pass  # never downloaded, or not to the end
    except HFValidationError as error:
        raise ValueError(repository) from error
    try:
        # Asked first because it gives up at once, where a download tries again for minutes.
        info = HfApi().model_info(repository, timeout=_HUB_SECONDS)
        twice = any(file.rfilename.endswith(".safetensors") for file in info.siblings or [])
        notify(f"Downloading the model {repository} …")
        return _snapshot(repository, but=(*_UNUSED, "*.bin") if twice else _UNUSED)
    except Exception as error:  # foreign code: each way of failing has its own class
        reason = (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
        raise ConnectionError(
            f"The model {repository} is not on this machine and cannot be downloaded: {reason}. "
            f"Download it on a connected machine (`hf download {repository} --local-dir FOLDER`)"
        ) from error


def _snapshot(repository: str, *, but: Sequence[str], local_files_only: bool = False) -> Path:
    from huggingface_hub import snapshot_download

    return Path(
        snapshot_download(repository, ignore_patterns=list(but), local_files_only=local_files_only)
    )


def fingerprint_of(name: str, folder: Path) -> str:
    """Return a name for the model that changes with its content, not with the folder's place.

    Configuration and tokenizer are hashed whole, weights by size and 64 samples spread over the
    file: training changes nearly all of them, and reading gigabytes at every start is not worth it.
    """
    digest = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.suffix in _SHAPES_VECTORS and not any(
            path.relative_to(folder).match(pattern) for pattern in _UNUSED
        ):
            digest.update(
                f"{path.relative_to(folder).as_posix()}\0{path.stat().st_size}\0".encode()
            )
            digest.update(_sample(path))
    return f"{Path(name).name}@{digest.hexdigest()[:16]}"


def _sample(path: Path) -> bytes:
    size = path.stat().st_size
    if path.suffix not in _WEIGHTS or size <= _SAMPLES * _SAMPLE_BYTES:
        return path.read_bytes()
    with path.open("rb") as file:
        places = (number * (size - _SAMPLE_BYTES) // (_SAMPLES - 1) for number in range(_SAMPLES))
        return b"".join(_read_at(file, place) for place in places)


def _read_at(file: BinaryIO, place: int) -> bytes:
    file.seek(place)
    return file.read(_SAMPLE_BYTES)
