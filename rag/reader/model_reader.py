"""Any extractive question answering model, by name or folder, as the reader.

Models in the manner of SQuAD 2.0 say that there is no answer by a span at the first token: the log
odds are the best span's score less that one's (Devlin et al. 2019). They need a calibration.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np

from index.console import say
from index.embedders.hub import fingerprint_of, local_folder
from index.errors import EmbedderError
from rag.reader.reading import Reading, Window

_BATCH = 8
_MOST_TOKENS = 384


class ModelReader:
    """A question answering model of transformers. Raises EmbedderError when it cannot be had."""

    def __init__(self, name: str) -> None:
        from transformers import AutoModelForQuestionAnswering, AutoTokenizer

        folder = local_folder(name, say)
        try:
            self._tokenizer: Any = AutoTokenizer.from_pretrained(folder, local_files_only=True)
            model: Any = AutoModelForQuestionAnswering.from_pretrained(
                folder, local_files_only=True
            )
        except Exception as error:  # foreign code: each way of failing has its own class
            reason = str(error).strip().partition("\n")[0]
            raise EmbedderError(
                f"{name} is no question answering model that can be read ({reason}). Name another "
                "with `--reader NAME`, or leave it out for the one that is shipped."
            ) from error
        self._model = model.eval()
        self.fingerprint = fingerprint_of(name, folder)

    def read(self, questions: Sequence[str], windows: Sequence[Window]) -> list[Reading]:
        """Return a reading per question and its window, in order."""
        found: list[Reading] = []
        for start in range(0, len(questions), _BATCH):
            part = slice(start, start + _BATCH)
            found += self._batch(questions[part], windows[part])
        return found

    def _batch(self, questions: Sequence[str], windows: Sequence[Window]) -> list[Reading]:
        import torch

        heads = [f"{window.title}\n" if window.title else "" for window in windows]
        encoded = self._tokenizer(
            list(questions),
            [head + window.text for head, window in zip(heads, windows, strict=True)],
            truncation="only_second",
            max_length=_MOST_TOKENS,
            padding=True,
            return_offsets_mapping=True,
            return_tensors="pt",
        )
        offsets = encoded.pop("offset_mapping").numpy()
        with torch.inference_mode():
            output = self._model(**encoded)
        scores = np.stack([output.start_logits.numpy(), output.end_logits.numpy()], axis=2)
        found = []
        for row, head in enumerate(heads):
            of_window = np.array([part == 1 for part in encoded.sequence_ids(row)])
            spans = np.maximum(offsets[row][of_window] - len(head), 0).astype(np.int32)
            own = scores[row][of_window]
            odds = float(own.max(axis=0, initial=-1e4).sum() - scores[row, 0].sum())
            found.append(Reading.of(odds, own, spans))
        return found
