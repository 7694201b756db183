"""The collections of a build, and the few facts that hold for all of it.

A build NAME_b1a2b3c4d has four collections; the index's name, NAME, is an alias of the first:

    …_chunks      places in documents, with their text, dense vector and terms: what is searched
    …_documents   what is known of each document
    …_parts       long things in pieces: texts, headings, places of lines, counts of terms
    …_vectors     what was embedded, with its vector and token codes, so that nothing is twice

Milvus has no transactions. Instead, every row says which change (generation) it came with, and the
facts of the build, one property that is written at once, say how many changes are complete and
which documents are gone. Who reads looks at no row of a later change and of no such document: a
change is there with that one write, or not at all. What it leaves behind is deleted afterwards, by
whoever writes next.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any, Final, Literal

from index.embedders.embedding import Embedder
from index.errors import ChatbotError, IndexMismatchError
from index.milvus.server import KEYS, READ_SECONDS, WRITE_SECONDS, Server
from index.search.terms import TERMS_VERSION

SCHEMA_VERSION: Final = "2"
"""Raise it when collections, vectors or token codes take another form."""

MADE: Final = "wenzheng.made"
NOW: Final = "wenzheng.now"

Table = Literal["chunks", "documents", "parts", "vectors"]
TABLES: Final[tuple[Table, ...]] = ("vectors", "parts", "documents", "chunks")
SEARCHED: Final[tuple[Table, ...]] = ("documents", "chunks", "parts")
"""Those whose rows belong to documents. A document goes first: what is left of it is not whole."""

MAX_BYTES: Final = 65_535
"""The longest text of a field."""

PART_BYTES: Final = 60_000

NO_TEXT: Final = "-"
"""What a field of text holds that has nothing to hold.

Server 2.3 cannot map a file of no bytes: where each row of a segment has an empty text, it tries
to load that segment again and again, and goes on without it.
"""

NOTHING: Final = "nothing"
"""A vector of two numbers that nobody asks for: a collection must have one."""

# How vectors are kept, and what a search for so many needs.
_INDEXES: Final[Mapping[str, Mapping[str, int]]] = {
    "FLAT": {},
    "HNSW": {"M": 32, "efConstruction": 256},
    "DISKANN": {},
}


@dataclass(frozen=True, slots=True)
class Made:
    """What never changes of a build. `index` is how its vectors are kept."""

    schema: str
    terms: str
    embedder: str
    dim: int
    index: str
    has_terms: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """What is true of a build since its last change.

    `generation` counts the changes, `revision` how often these facts were written. `moment` is the
    server's time of the last change, `hidden` the numbers of documents that are gone, but whose
    rows may be there still. `with_terms` are the chunks that have terms, `terms` how many these
    have, `mean` how many a chunk was taken to have when weights were stored. `words_from` is the
    generation of which all counts of terms are kept together.
    """

    generation: int = 0
    revision: int = 0
    moment: int = 0
    hidden: tuple[int, ...] = ()
    documents: int = 0
    chunks: int = 0
    with_terms: int = 0
    terms: int = 0
    mean: float = 0.0
    words_from: int = 0
    languages: dict[str, int] = field(default_factory=dict)

    @property
    def visible(self) -> str:
        """The expression that holds for rows that count."""
        gone = f" and document not in {json.dumps(self.hidden)}" if self.hidden else ""
        return f"since <= {self.generation}{gone}"

    @property
    def void(self) -> str:
        """The expression that holds for rows that nobody may see."""
        gone = f" or document in {json.dumps(self.hidden)}" if self.hidden else ""
        return f"since > {self.generation}{gone}"

    def to_json(self) -> str:
        """Return them as one text."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Facts":
        """Return what `to_json` was called on."""
        read = json.loads(text)
        return cls(**{**read, "hidden": tuple(read["hidden"])})


def table(build: str, name: Table) -> str:
    """Return the name of a collection of a build."""
    return f"{build}_{name}"


def build_of(collection: str) -> str:
    """Return the name of the build that a collection belongs to."""
    return collection.rpartition("_")[0]


def create(server: Server, build: str, embedder: Embedder, index: str) -> None:
    """Make the collections of a build, empty. Raises ChatbotError for an index that is none."""
    if index not in _INDEXES:
        raise ChatbotError(
            f"There is no index {index!r}. Set WENZHENG_MILVUS_INDEX to one of "
            f"{', '.join(_INDEXES)}."
        )
    has_terms = server.has_sparse_vectors
    made = Made(SCHEMA_VERSION, TERMS_VERSION, embedder.fingerprint, embedder.dim, index, has_terms)
    for name in TABLES:
        # What is long and read for few rows at a time stays on the server's disk.
        properties = {"mmap.enabled": "true"} if name in ("vectors", "parts") else {}
        if properties and not has_terms:
            # 2.3 counts a text as 512 bytes when it merges, and cannot map what is over 4 GB then.
            properties["collection.autocompaction.enabled"] = "false"
        if name == "chunks":
            properties = {MADE: json.dumps(asdict(made)), NOW: Facts().to_json()}
        schema, indexes = _fields(name, made)
        server.ask(
            *("create_collection", table(build, name)),
            schema=schema,
            index_params=indexes,
            consistency_level="Session",
            properties=properties,
            seconds=WRITE_SECONDS,
        )


def read(server: Server, collection: str) -> tuple[str, Made, Facts]:
    """Return the name of the build, and its facts as they are now.

    `collection` is that of the chunks, or the alias. Raises IndexMismatchError when it is of
    another version or no index of ours.
    """
    found: Mapping[str, Any] = server.ask("describe_collection", collection, seconds=READ_SECONDS)
    properties = found.get("properties") or {}
    try:
        made = json.loads(properties[MADE])
        facts = Facts.from_json(properties[NOW])
        version = made["schema"]
    except (KeyError, ValueError, TypeError) as error:
        raise IndexMismatchError(
            f"The collection {collection} in Milvus is no index of this program. Name another: "
            "--index-dir milvus://HOST:PORT/NAME",
            code="rebuild",
        ) from error
    if version != SCHEMA_VERSION:
        raise IndexMismatchError(
            f"The index has format {version}, this program reads {SCHEMA_VERSION}. "
            "Make it anew: python -m index build",
            code="rebuild",
        )
    return build_of(found["collection_name"]), Made(**made), facts


def write(server: Server, build: str, facts: Facts) -> None:
    """Make these the facts of a build: a change is complete with that."""
    server.ask(
        *("alter_collection_properties", table(build, "chunks")),
        properties={NOW: facts.to_json()},
        seconds=WRITE_SECONDS,
    )


def search_params(made: Made, top_k: int) -> dict[str, object]:
    """Return what a search for so many vectors asks of the index."""
    looked_at = max(4 * top_k, 200)
    return {
        "metric_type": "IP",
        "params": {"HNSW": {"ef": looked_at}, "DISKANN": {"search_list": looked_at}}.get(
            made.index, {}
        ),
    }


_TEXTS: Final[Mapping[Table, Sequence[str]]] = {
    "chunks": ("doc_id", "name", "earliest", "latest", "text"),
    "documents": (
        *("doc_id", "name", "earliest", "latest"),
        *("title", "signature", "recipe", "shown"),
    ),
    "parts": ("data",),
    "vectors": ("pooled", "tokens"),
}
_WORDS: Final[Mapping[Table, Sequence[str]]] = {  # of 64 bytes at most
    "chunks": ("key",),
    "documents": ("file_sha256", "sidecar_sha256"),
    "parts": ("kind",),
    "vectors": (),
}
_NUMBERS: Final[Mapping[Table, Sequence[str]]] = {
    "chunks": ("document", "since", "chunk_id", "start", "end", "terms"),
    "documents": ("document", "since"),
    "parts": ("document", "since", "part"),
    "vectors": (),
}


def _fields(name: Table, made: Made) -> tuple[Any, Any]:
    """Return the schema and the indexes of a collection."""
    from pymilvus import DataType, MilvusClient

    schema = MilvusClient.create_schema(auto_id=False, enable_dynamic_field=False)
    indexes = MilvusClient.prepare_index_params()
    if name in ("chunks", "documents"):
        schema.add_field(KEYS[name], DataType.INT64, is_primary=True)
    else:
        schema.add_field(KEYS[name], DataType.VARCHAR, max_length=64, is_primary=True)
    for each in _NUMBERS[name]:
        schema.add_field(each, DataType.INT64)
    for each in _TEXTS[name]:
        schema.add_field(each, DataType.VARCHAR, max_length=MAX_BYTES)
    for each in _WORDS[name]:
        schema.add_field(each, DataType.VARCHAR, max_length=64)
    if name == "documents":
        schema.add_field("marks", DataType.ARRAY, element_type=DataType.INT64, max_capacity=64)
    if name != "chunks":
        schema.add_field(NOTHING, DataType.FLOAT_VECTOR, dim=2)
        indexes.add_index(NOTHING, index_type="FLAT", metric_type="IP")
        return schema, indexes
    schema.add_field("dense", DataType.FLOAT_VECTOR, dim=made.dim)
    kept = dict(_INDEXES[made.index])
    indexes.add_index("dense", index_type=made.index, metric_type="IP", params=kept)
    if made.has_terms:
        schema.add_field("weights", DataType.SPARSE_FLOAT_VECTOR)
        indexes.add_index("weights", index_type="SPARSE_INVERTED_INDEX", metric_type="IP")
    return schema, indexes
