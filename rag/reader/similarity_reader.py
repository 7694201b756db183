"""Where there is no trained reader: sentences by how close the embedder finds them."""

from collections.abc import Sequence

import numpy as np

from index.cutting.sentences import split_sentences
from index.embedders.embedding import Embedder
from rag.reader.reading import Reading, Window

_SHARPNESS = 20.0


class SimilarityReader:
    """Says which sentence is closest to the question; of answering it knows nothing."""

    def __init__(self, embedder: Embedder) -> None:
        """Use this embedder."""
        self._embedder = embedder
        self.fingerprint = f"{embedder.fingerprint}/similarity"

    def read(self, questions: Sequence[str], windows: Sequence[Window]) -> list[Reading]:
        """Return a reading per question and window: the odds of answering are even."""
        asked = dict.fromkeys(questions)
        vectors = self._embedder.embed(list(asked), "query")
        of_question = dict(zip(asked, vectors, strict=True))
        spans = [split_sentences(window.text) for window in windows]
        texts = [
            window.text[span.start : span.end]
            for window, own in zip(windows, spans, strict=True)
            for span in own
        ]
        sentences = iter(self._embedder.embed(texts, "passage")) if texts else iter(())
        found = []
        for question, own in zip(questions, spans, strict=True):
            cosines = np.array([next(sentences) @ of_question[question] for _ in own], np.float32)
            scores = _SHARPNESS * (cosines - cosines.max(initial=-1.0))
            total = max(float(np.exp(scores).sum()), 1.0)  # the best one's is 1
            logs = (scores - np.log(total)).astype(np.float32)
            places = np.array(own, np.int32).reshape(-1, 2)
            found.append(Reading(0.0, logs, logs, places))
        return found
