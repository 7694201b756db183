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

_FIRST = threading.Lock()
Inputs = Mapping[str, NDArray[np.int64] | FloatArray]


class Network:
    """A network of a file, ready to run. Threads may share it.

    As many batches are run beside each other as OpenVINO has streams, on two cores one on each:
    threads that share a batch wait for each other, the more so the more else a machine does.
    """

    def __init__(self, path: Path, precision: str | None = None) -> None:
        """Compile it. `precision` is `bf16` or `f32`, by default bf16 where the CPU computes in it.

        Raises EmbedderError when it cannot be run.
        """
        model = compiled(path, precision)
        self.dim: int = model.outputs[0].partial_shape[-1].get_length()
        """The last dimension of the first output."""
        self._streams: int = model.get_property("OPTIMAL_NUMBER_OF_INFER_REQUESTS")
        self._free: queue.SimpleQueue[openvino.InferRequest] = queue.SimpleQueue()
        for _ in range(self._streams):
            self._free.put(model.create_infer_request())

    def run(self, batches: Sequence[Inputs]) -> Iterator[tuple[int, list[FloatArray]]]:
        """Yield each batch's number and its outputs, in any order."""
        if len(batches) == 1:
            yield 0, self.infer(batches[0])
            return
        left = iter(enumerate(batches))
        running: dict[Future[list[FloatArray]], int] = {}
        with ThreadPoolExecutor(self._streams) as threads:
            # One more than are run waits, so that nobody does; all at once would fill the memory.
            for number, inputs in islice(left, self._streams + 1):
                running[threads.submit(self.infer, inputs)] = number
            while running:
                for done in wait(running, return_when=FIRST_COMPLETED).done:
                    for number, inputs in islice(left, 1):
                        running[threads.submit(self.infer, inputs)] = number
                    yield running.pop(done), done.result()

    def infer(self, inputs: Inputs) -> list[FloatArray]:
        """Return the outputs of one batch, when a stream is free."""
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


def compiled(network: Path, precision: str | None) -> "openvino.CompiledModel":
    """Return a network ready to run, in the precision of `Network`, for OpenVINO's hint.

    What OpenVINO made of it for this processor is kept beside it, less than 1 MB without the
    weights, and taken from there in a third of the time. OpenVINO itself makes anew what is
    damaged, of another version or processor, or older than the network.
    """
    precision = precision or cpu_precisions()[0]
    hints = {
        "PERFORMANCE_HINT": "THROUGHPUT",
        "INFERENCE_PRECISION_HINT": precision,
        "CACHE_MODE": "OPTIMIZE_SIZE",
    }
    kept = network.with_name(f"streams-{precision}")  # OpenVINO does not tell them apart
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
    """Import openvino without its telemetry, which reports every import to a web service.

    The first two threads to look at numbers of a tensor can wait for each other for ever: one
    has the lock of what is made only once, the other Python's. So the first look is taken here.
    """
    with _FIRST:
        sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]
        import openvino

        openvino.Tensor(np.zeros(1, np.int64)).data[:] = 1
    module: ModuleType = openvino
    return module
