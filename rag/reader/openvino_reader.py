"""The shipped reader on a CPU: `openvino` and `sentencepiece` alone, beside the embedder.

The network is converted once, like the embedder's. Its vocabulary table is the embedder's own file.
"""

from collections.abc import Sequence
from pathlib import Path

from index.embedders.e5_pack import MODEL_ID, model_folder, stored_once
from index.embedders.network import Inputs, Network, quieten_transformers, save_network
from index.embedders.pieces import tokenizer_of
from index.reports import Notify
from index.types import FloatArray
from rag.reader import weights
from rag.reader.inputs import Input, batch, encode
from rag.reader.reading import Reading, Window
from rag.reader.word_table import WordTable

_NETWORK = "model.xml"
_CONVERSION = "openvino1"  # names the form of the converted network: raise it with its inputs


class OpenVinoReader:
    """The embedded model with the upper layers of `path`. Threads may share it.

    Raises EmbedderError when the weights are not those of `sha256` or cannot be run.
    """

    def __init__(
        self,
        cache_dir: Path,
        notify: Notify,
        *,
        path: Path = weights.SHIPPED,
        sha256: str = weights.SHIPPED_SHA256,
    ) -> None:
        self.fingerprint = f"{MODEL_ID}/reader-{sha256[:12]}"
        embedded = model_folder(cache_dir, notify)
        folder = cache_dir / f"reader-{sha256[:12]}-{_CONVERSION}"

        def convert(target: Path) -> None:
            notify(f"Converting the reader to {folder} (once, needs torch) …")
            _convert(embedded, weights.load_weights(path, sha256), target / _NETWORK)

        stored_once(folder, convert)
        self._words = WordTable(embedded / "model.safetensors")
        self._tokenizer = tokenizer_of(embedded)
        self._network = Network(folder / _NETWORK)

    def read(self, questions: Sequence[str], windows: Sequence[Window]) -> list[Reading]:
        """Return a reading per question (or claim) and its window, in order."""
        inputs = encode(self._tokenizer, questions, windows)
        # One by one: windows that stand in a row are padded to the longest.
        found: dict[int, Reading] = {}
        for number, (spans, odds) in self._network.run([self._row(each) for each in inputs]):
            each = inputs[number]
            own = slice(each.first, len(each.ids) - 1)
            found[number] = Reading.of(float(odds[0]), spans[0, own], each.spans[own])
        return [found[number] for number in range(len(inputs))]

    def _row(self, each: Input) -> Inputs:
        ids, attention, own = batch([each])
        return {"words": self._words[ids], "attention": attention, "of_window": own}


def _convert(embedded: Path, tensors: dict[str, FloatArray], network: Path) -> None:
    import torch
    from torch import Tensor, nn

    from rag.reader.network import ReaderNetwork

    quieten_transformers()
    reader = ReaderNetwork(embedded)
    reader.load_state_dict(
        {name: torch.from_numpy(tensor) for name, tensor in tensors.items()}, strict=False
    )

    class OnWords(nn.Module):
        """The network on vectors of words instead of their numbers."""

        def __init__(self) -> None:
            super().__init__()
            self.reader = reader.eval()

        def forward(
            self, words: Tensor, attention: Tensor, of_window: Tensor
        ) -> tuple[Tensor, Tensor]:
            return self.reader.read_words(words, attention, of_window)

    words = torch.zeros((2, 8, reader.spans.in_features))
    ones = torch.ones((2, 8), dtype=torch.int64)
    example = {"words": words, "attention": ones, "of_window": ones}
    save_network(OnWords(), example, network)
