"""What each peer is asked to do, in a process of its own: index documents, answer questions.

A peer runs with the Python of its own virtual environment, where none of our packages is: this file
imports nothing of ours but in our own program. Requests and replies are lines of JSON:

    {"index": [[NAME, TEXT], …]}    -> {"passages": how many, "seconds", "processor"}
    {"ask": QUESTION}               -> {"found": [[NAME, TEXT], …], best first, "seconds"}
    {"memory": true}                -> {"megabytes": the most that the process ever held}

At its defaults, a peer is as the first page of its documentation sets it up. At its best, it has
what its documentation names for better results without another model: the model's prompts, BM25
beside the vectors, pieces at paragraphs.
"""

import json
import os
import resource
import sys
import tempfile
import time
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any, Protocol

QUERY, PASSAGE = "query: ", "passage: "
"""The prompts of multilingual-e5, as its model card asks for them."""
_EACH_SIDE = 10
_PARAGRAPHS = "\n\n"

Texts = Sequence[tuple[str, str]]
"""Names, and the texts of documents or passages."""


class Program(Protocol):
    """A way to find passages. What is indexed takes the place of what was."""

    def index(self, documents: Texts) -> int:
        """Make the documents findable; return in how many passages."""
        ...

    def ask(self, question: str) -> Texts:
        """Return passages for a question, best first."""
        ...


class _Wenzheng:
    """Ours, as it is: documents on the disk, one index, the retrieval that answers rest on."""

    def __init__(self, model: str, best: bool) -> None:
        from index.embedders.load import load_embedder
        from index.settings import IndexSettings

        self._settings = IndexSettings.from_env()
        self._embedder = load_embedder(self._settings)
        self._held = ExitStack()

    def index(self, documents: Texts) -> int:
        from dataclasses import replace

        from index.keeping.library import Library, Source
        from rag.load import load_assistant
        from rag.settings import SIMILARITY_READER, RagSettings

        self._held.close()  # what was indexed before
        folder = Path(self._held.enter_context(tempfile.TemporaryDirectory()))
        settings = replace(self._settings, corpus_dir=folder / "corpus", index_dir=folder / "built")
        settings.corpus_dir.mkdir()
        library = Library(settings, embedder=self._embedder)
        self._held.callback(library.close)
        library.update()
        library.add([Source(f"{name}.txt", text.encode()) for name, text in documents])
        # Nobody reads what is found, so whichever reader is the lightest will do.
        self._assistant = load_assistant(library, RagSettings(reader=SIMILARITY_READER))
        return library.info().chunks

    def ask(self, question: str) -> Texts:
        from rag.types import Query

        found = self._assistant.search(Query(question), _EACH_SIDE)
        return [(each.chunk.doc_id.removesuffix(".txt"), each.chunk.text) for each in found]


class _LangChain:
    """Pieces of 1,000 characters in FAISS; at its best an ensemble with BM25."""

    def __init__(self, model: str, best: bool) -> None:
        from langchain_huggingface import HuggingFaceEmbeddings

        prompts: dict[str, Any] = {
            "encode_kwargs": {"prompt": PASSAGE},
            "query_encode_kwargs": {"prompt": QUERY},
        }
        self._best = best
        self._model = HuggingFaceEmbeddings(model_name=model, **(prompts if best else {}))

    def index(self, documents: Texts) -> int:
        from langchain_classic.retrievers import EnsembleRetriever
        from langchain_community.retrievers import BM25Retriever
        from langchain_community.vectorstores import FAISS
        from langchain_core.documents import Document
        from langchain_text_splitters import RecursiveCharacterTextSplitter

        splitter = RecursiveCharacterTextSplitter(chunk_size=1000, chunk_overlap=200)
        pieces = splitter.split_documents(
            [Document(page_content=text, metadata={"name": name}) for name, text in documents]
        )
        store = FAISS.from_documents(pieces, self._model)
        self._retriever: Any = store.as_retriever()
        if self._best:
            near = store.as_retriever(search_kwargs={"k": _EACH_SIDE})
            words = BM25Retriever.from_documents(pieces, k=_EACH_SIDE)
            self._retriever = EnsembleRetriever(retrievers=[words, near], weights=[0.5, 0.5])
        return len(pieces)

    def ask(self, question: str) -> Texts:
        found = self._retriever.invoke(question)
        return [(each.metadata["name"], each.page_content) for each in found]


class _LlamaIndex:
    """Its sentence splitter and vector index; at its best fused with BM25 by reciprocal ranks."""

    def __init__(self, model: str, best: bool) -> None:
        from llama_index.embeddings.huggingface import HuggingFaceEmbedding

        prompts = {"query_instruction": QUERY, "text_instruction": PASSAGE} if best else {}
        self._best = best
        self._model = HuggingFaceEmbedding(model_name=model, **prompts)

    def index(self, documents: Texts) -> int:
        from llama_index.core import Document, VectorStoreIndex
        from llama_index.core.llms import MockLLM
        from llama_index.core.retrievers import QueryFusionRetriever
        from llama_index.retrievers.bm25 import BM25Retriever

        given = [Document(text=text, doc_id=name) for name, text in documents]
        index = VectorStoreIndex.from_documents(given, embed_model=self._model)
        nodes = list(index.docstore.docs.values())
        self._retriever: Any = index.as_retriever()
        if self._best:
            near = index.as_retriever(similarity_top_k=_EACH_SIDE)
            words = BM25Retriever.from_defaults(nodes=nodes, similarity_top_k=_EACH_SIDE)
            self._retriever = QueryFusionRetriever(
                [near, words],
                llm=MockLLM(),
                similarity_top_k=_EACH_SIDE,
                num_queries=1,
                mode="reciprocal_rerank",
                use_async=False,
            )
        return len(nodes)

    def ask(self, question: str) -> Texts:
        found = self._retriever.retrieve(question)
        return [(each.node.ref_doc_id, each.node.get_content()) for each in found]


class _Txtai:
    """Whole texts; at its best paragraphs, vectors and BM25 as one. It finds the prompts itself."""

    def __init__(self, model: str, best: bool) -> None:
        from txtai import Embeddings

        self._best = best
        self._embeddings = Embeddings(path=model, content=True, hybrid=best)

    def index(self, documents: Texts) -> int:
        self._texts = paragraphs(documents) if self._best else list(documents)
        self._embeddings.index((number, text) for number, (_, text) in enumerate(self._texts))
        return len(self._texts)

    def ask(self, question: str) -> Texts:
        return [self._texts[int(each["id"])] for each in self._embeddings.search(question)]


class _Chroma:
    """Whole texts in a collection; at its best paragraphs and the model's prompts.

    Its hybrid search is of its cloud: a collection on this machine has none.
    """

    def __init__(self, model: str, best: bool) -> None:
        import chromadb
        from chromadb.utils.embedding_functions import SentenceTransformerEmbeddingFunction

        class Prompted(SentenceTransformerEmbeddingFunction):  # type: ignore[misc]
            """The same with the prompts, by the way that Chroma has for them."""

            def __call__(self, input: Any) -> Any:  # noqa: A002, ANN401
                return super().__call__([PASSAGE + text for text in input])

            def embed_query(self, input: Any) -> Any:  # noqa: A002, ANN401
                return super().__call__([QUERY + text for text in input])

        self._best = best
        kind = Prompted if best else SentenceTransformerEmbeddingFunction
        self._model, self._client, self._made = kind(model_name=model), chromadb.Client(), 0

    def index(self, documents: Texts) -> int:
        self._made += 1
        self._texts = paragraphs(documents) if self._best else list(documents)
        self._collection = self._client.create_collection(
            f"documents-{self._made}", embedding_function=self._model
        )
        most = self._client.get_max_batch_size()
        for start in range(0, len(self._texts), most):
            some = self._texts[start : start + most]
            ids = [str(start + number) for number in range(len(some))]
            self._collection.add(ids=ids, documents=[text for _, text in some])
        return len(self._texts)

    def ask(self, question: str) -> Texts:
        found = self._collection.query(query_texts=[question])
        return [self._texts[int(each)] for each in found["ids"][0]]


class _Haystack:
    """Pieces of 200 words in memory; at its best paragraphs, joined with BM25 by their ranks."""

    def __init__(self, model: str, best: bool) -> None:
        from haystack_integrations.components.embedders.sentence_transformers import (
            SentenceTransformersDocumentEmbedder,
            SentenceTransformersTextEmbedder,
        )

        self._best = best
        self._passages = SentenceTransformersDocumentEmbedder(
            model=model, prefix=PASSAGE if best else "", progress_bar=False
        )
        self._question = SentenceTransformersTextEmbedder(
            model=model, prefix=QUERY if best else "", progress_bar=False
        )
        self._passages.warm_up()
        self._question.warm_up()

    def index(self, documents: Texts) -> int:
        from haystack import Document, Pipeline
        from haystack.components.joiners import DocumentJoiner
        from haystack.components.preprocessors import DocumentSplitter
        from haystack.components.retrievers.in_memory import (
            InMemoryBM25Retriever,
            InMemoryEmbeddingRetriever,
        )
        from haystack.document_stores.in_memory import InMemoryDocumentStore

        store = InMemoryDocumentStore()
        at_paragraphs = {"split_by": "passage", "split_length": 1}
        splitter = DocumentSplitter(**(at_paragraphs if self._best else {}))
        given = [Document(content=text, meta={"name": name}) for name, text in documents]
        pieces = self._passages.run(splitter.run(given)["documents"])["documents"]
        store.write_documents(pieces)
        self._retrieval = Pipeline()
        self._retrieval.add_component("near", InMemoryEmbeddingRetriever(store))
        if self._best:
            self._retrieval.add_component("words", InMemoryBM25Retriever(store))
            joiner = DocumentJoiner(join_mode="reciprocal_rank_fusion")
            self._retrieval.add_component("joined", joiner)
            self._retrieval.connect("near", "joined")
            self._retrieval.connect("words", "joined")
        return len(pieces)

    def ask(self, question: str) -> Texts:
        near = {"query_embedding": self._question.run(question)["embedding"]}
        words = {"words": {"query": question}} if self._best else {}
        out = self._retrieval.run({"near": near, **words})
        found = out["joined" if self._best else "near"]["documents"]
        return [(each.meta["name"], each.content) for each in found]


def paragraphs(documents: Texts) -> list[tuple[str, str]]:
    """Return the paragraphs of documents, each with the name of its document."""
    return [
        (name, part.strip())
        for name, text in documents
        for part in text.split(_PARAGRAPHS)
        if part.strip()
    ]


PEERS: dict[str, type[Program]] = {
    "LangChain": _LangChain,
    "LlamaIndex": _LlamaIndex,
    "txtai": _Txtai,
    "Chroma": _Chroma,
    "Haystack": _Haystack,
}
OWN = "Wenzheng"


def main(name: str, model: str, how: str) -> None:
    """Load a program, say so, and do what is asked for."""
    # What a library prints must not get between the replies.
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())

    def reply(**values: object) -> None:
        replies.write(f"{json.dumps(values)}\n")
        replies.flush()

    begun = time.perf_counter()
    program: Any = {**PEERS, OWN: _Wenzheng}[name](model, how == "best")
    reply(seconds=time.perf_counter() - begun)
    for line in sys.stdin:
        request = json.loads(line)
        if "memory" in request:
            reply(megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
            continue
        begun, spent = time.perf_counter(), _processor()
        if "index" in request:
            told: dict[str, object] = {"passages": program.index(request["index"])}
        else:
            told = {"found": program.ask(request["ask"])}
        reply(seconds=time.perf_counter() - begun, processor=_processor() - spent, **told)


def _processor() -> float:
    """Return the processor seconds of this process, and of its children that have ended."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


if __name__ == "__main__":
    main(*sys.argv[1:])
