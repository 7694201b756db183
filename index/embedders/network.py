"""Networks in OpenVINO's form: written once, compiled for this processor, run by many threads."""

import queue
import sys
import threading
import warnings
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from itertools import islice
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from index.errors import EmbedderError
from index.types import FloatArray

if TYPE_CHECKING:
    import openvino
    import torch

Inputs = Mapping[str, NDArray[np.int64] | FloatArray]
_ALONE, _MANY = "LATENCY", "THROUGHPUT"  # OpenVINO's names
_MANY_BATCHES = 8
"""From so many on, each core works at a batch of its own, and none waits for the others."""


class Network:
    """A network of a file, ready to run. Threads may share it.

    A batch is run by all cores together. Many batches are run beside each other, which takes less
    time; the network is compiled a second time for that, when it is first needed.
    """

    def __init__(self, path: Path, precision: str | None = None) -> None:
        """Compile it. `precision` is `bf16` or `f32`, by default bf16 where the CPU computes in it.

        Raises EmbedderError when it cannot be run.
        """
        self._path, self._precision = path, precision
        self._alone = _Requests(compiled(path, precision))
        self._beside: _Requests | None = None
        self._compiling = threading.Lock()

    @property
    def dim(self) -> int:
        """The last dimension of the first output."""
        return self._alone.dim

    def run(self, batches: Sequence[Inputs]) -> Iterator[tuple[int, list[FloatArray]]]:
        """Yield each batch's number and its outputs, in any order."""
        if len(batches) < _MANY_BATCHES:
            yield from enumerate(map(self._alone.run, batches))
            return
        with self._compiling:
            self._beside = self._beside or _Requests(compiled(self._path, self._precision, _MANY))
        requests = self._beside
        left = iter(enumerate(batches))
        running: dict[Future[list[FloatArray]], int] = {}
        with ThreadPoolExecutor(requests.count) as threads:
            # One more than are run waits, so that nobody does; all at once would fill the memory.
            for number, inputs in islice(left, requests.count + 1):
                running[threads.submit(requests.run, inputs)] = number
            while running:
                for done in wait(running, return_when=FIRST_COMPLETED).done:
                    for number, inputs in islice(left, 1):
                        running[threads.submit(requests.run, inputs)] = number
                    yield running.pop(done), done.result()


class _Requests:
    """A compiled network with as many requests as it runs beside each other."""

    def __init__(self, model: "openvino.CompiledModel") -> None:
        self.count: int = model.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS")
        self.dim: int = model.outputs[0].partial_shape[-1].get_length()
        self._free: queue.SimpleQueue[openvino.InferRequest] = queue.SimpleQueue()
        for _ in range(self.count):
            self._free.put(model.create_infer_request())

    def run(self, inputs: Inputs) -> list[FloatArray]:
        request = self._free.get()
        try:
            # OpenVINO writes its next results over these.
            return [np.array(output) for output in request.infer(inputs).values()]
        finally:
            self._free.put(request)


def cpu_precisions() -> list[str]:
    """Return the number formats that this processor computes in, the fastest first."""
    can = openvino_module().Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return ["bf16", "f32"] if "BF16" in can else ["f32"]


def compiled(network: Path, precision: str | None, hint: str = _ALONE) -> "openvino.CompiledModel":
    """Return a network ready to run, in the precision of `Network`, for OpenVINO's hint.

    What OpenVINO made of it for this processor is kept beside it, less than 1 MB without the
    weights, and taken from there in a third of the time. OpenVINO itself makes anew what is
    damaged, of another version or processor, or older than the network.
    """
    precision = precision or cpu_precisions()[0]
    hints = {
        "PERFORMANCE_HINT": hint,
        "INFERENCE_PRECISION_HINT": precision,
        "CACHE_MODE": "OPTIMIZE_SIZE",
    }
    # OpenVINO does not tell them apart.
    kept = network.with_name(f"compiled-{precision}{'' if hint == _ALONE else '-many'}")
    with suppress(OSError):  # of who may only read there
        kept.mkdir(exist_ok=True)
        hints["CACHE_DIR"] = str(kept)
    try:
        return openvino_module().Core().compile_model(network, "CPU", hints)
    except RuntimeError as error:
        raise EmbedderError(
            f"OpenVINO cannot run {network}: {error}. "
            f"Delete {network.parent} to have it made anew, or type `--backend torch`."
        ) from error


def quieten_transformers() -> None:
    """Have transformers draw no bars and say nothing but errors."""
    from transformers.utils import logging

    logging.disable_progress_bar()
    logging.set_verbosity_error()


def save_network(module: "torch.nn.Module", example: dict[str, "torch.Tensor"], path: Path) -> None:
    """Write a torch network in OpenVINO's form, weights in 16 bits."""
    import torch

    with warnings.catch_warnings(), torch.inference_mode():
        warnings.simplefilter("ignore")  # the tracer's and the deprecations of transformers
        model = openvino_module().convert_model(module.eval(), example_input=example)
    openvino_module().save_model(model, path, compress_to_fp16=True)


def openvino_module() -> ModuleType:
    """Import openvino without its telemetry, which reports every import to a web service."""
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
    import openvino

    module: ModuleType = openvino
    return module
