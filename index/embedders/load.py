"""Chooses the embedder by name. No other module knows which one is in use."""

import importlib.metadata
import importlib.util
import shutil
from pathlib import Path

from index.console import say
from index.embedders.e5_pack import MODEL_ID, model_folder
from index.embedders.embedding import Embedder
from index.embedders.fake import NAME as FAKE
from index.embedders.fake import FakeEmbedder
from index.embedders.hub import fingerprint_of, local_folder
from index.errors import EmbedderError
from index.reports import Notify
from index.settings import EMBEDDED_MODEL, IndexSettings

BACKENDS = ("auto", "openvino", "torch")


def load_embedder(settings: IndexSettings, notify: Notify = say) -> Embedder:
    """Return the embedder that the settings name, prepared on first use.

    The embedded model runs in OpenVINO, or in torch where there is an NVIDIA GPU or no OpenVINO;
    `fake` is for tests and measurements; any other model runs in torch. Raises EmbedderError with
    the remedy when it cannot be had.
    """
    if settings.backend not in BACKENDS:
        known = ", ".join(BACKENDS)
        raise EmbedderError(f"Unknown backend {settings.backend!r}. Choose one of: {known}.")
    if settings.embedder == FAKE:
        return FakeEmbedder()
    if settings.embedder != EMBEDDED_MODEL:
        return _other_model(settings, notify)
    folder = model_folder(settings.cache_dir, notify)
    if settings.backend == "torch" or (settings.backend == "auto" and _prefers_torch()):
        from index.embedders.torch_embedder import TorchEmbedder, load_folder

        return TorchEmbedder(load_folder(folder), fingerprint=MODEL_ID)
    if importlib.util.find_spec("openvino") is None:
        raise EmbedderError("OpenVINO is not installed. Type `pip install openvino==2026.4.1`.")
    from index.embedders.openvino_embedder import OpenVinoEmbedder

    return OpenVinoEmbedder(folder, notify=notify)


def known_fingerprint(settings: IndexSettings) -> str | None:
    """Return the fingerprint that the embedder will have, None where only loading it tells."""
    return {EMBEDDED_MODEL: MODEL_ID, FAKE: FakeEmbedder.fingerprint}.get(settings.embedder)


def _other_model(settings: IndexSettings, notify: Notify) -> Embedder:
    if settings.backend == "openvino":
        raise EmbedderError(
            f"OpenVINO runs {EMBEDDED_MODEL} only. Type `--backend torch` for {settings.embedder}."
        )
    from index.embedders.torch_embedder import TorchEmbedder, load_folder

    folder = local_folder(settings.embedder, notify)
    return TorchEmbedder(load_folder(folder), fingerprint=fingerprint_of(settings.embedder, folder))


def _prefers_torch() -> bool:
    """Tell whether torch is faster or all there is, without importing it."""
    return _has_nvidia_gpu() or importlib.util.find_spec("openvino") is None


def _has_nvidia_gpu() -> bool:
    if importlib.util.find_spec("torch") is None:
        return False
    if importlib.metadata.version("torch").endswith("+cpu"):
        return False
    return Path("/dev/nvidia0").exists() or shutil.which("nvidia-smi") is not None
