"""Pairs of examples -> the reader's weights: hours on a CPU, so every step can be gone on from.

The loss is that of answering (binary cross-entropy), that of first and last token, their mean,
where the place is known, and that of a pair's order: the one that answers has the higher odds
(RankNet: Burges et al. 2005). The rate of learning warms up, stays, and falls to nothing over the
last half (Hägele et al. 2024), so that a run may be made longer, or shorter, while it goes.
"""

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional
from torch.nn.attention import SDPBackend, sdpa_kernel

from eval.errors import EvaluationError
from eval.judging import measures
from eval.training.examples import Examples, Pair
from index.embedders.pieces import PieceTokenizer, tokenizer_of
from index.files import replacing
from rag.reader.inputs import Input, batch, encode, tokens_of
from rag.reader.network import TRAINED_LAYERS, ReaderNetwork
from rag.reader.weights import load_weights, save_weights

_PAIRS = 8
_POOL = 32 * _PAIRS
"""So many pairs are sorted by length, for batches of like ones."""
_RATE, _WARM_UP, _COOLING = 1.2e-4, 100, 0.5
_SPAN_WEIGHT, _PAIR_WEIGHT = 1.0, 0.5
_DROPOUT = 0.1
_CHECKPOINT = "checkpoint.pt"
_LOG = "log.jsonl"
_UPPER = "upper."

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Batch:
    """What the network takes, and what it should say: first and last token are -1 for unknown.

    In training the first half answers, and the second half are their counterparts.
    """

    ids: Tensor
    attention: Tensor
    of_window: Tensor
    answers: Tensor
    first: Tensor
    last: Tensor


@contextmanager
def _without_denormals() -> Iterator[None]:
    """Within it, numbers next to nothing are nothing: they would take many times as long."""
    torch.set_flush_denormal(True)
    try:
        yield
    finally:
        torch.set_flush_denormal(False)


@_without_denormals()
def train(
    examples: Examples,
    held_out: Sequence[Pair],
    model_folder: Path,
    out: Path,
    *,
    total: int,
    resume: bool,
    start: Path | None = None,
    check_every: int,
    progress: Progress,
) -> ReaderNetwork:
    """Return the network after `total` pairs; `out` gets checkpoints and a log with figures.

    With `resume` it goes on from the checkpoint in `out` as if it had never stopped; with `start`
    it begins with these weights. Raises EvaluationError when there is none.
    """
    torch.manual_seed(0)
    tokenizer = tokenizer_of(model_folder)
    network = ReaderNetwork(model_folder)
    learning = [each for each in network.parameters() if each.requires_grad]
    optimizer = torch.optim.AdamW(learning, lr=_RATE, weight_decay=0.01)
    if start is not None and not resume:
        start_from(network, start)
    done = _restore(network, optimizer, out) if resume else 0
    out.mkdir(parents=True, exist_ok=True)
    while done < total:
        _ready(network)
        losses = []
        until = min(done + check_every, total)
        for size, each in _batches(examples, tokenizer, done, until):
            for group in optimizer.param_groups:
                group["lr"] = _RATE * rate(done, total)
            losses.append(_step(network, optimizer, each))
            done += size
            progress(done, total)
        _save(network, optimizer, out, done)
        figures = check(network, tokenizer, held_out)
        _log(out, {"pairs": done, "loss": round(float(np.mean(losses)), 4), **figures})
    return network.eval()


def start_from(network: ReaderNetwork, path: Path) -> None:
    """Give the network the weights of a file, which may have been trained in fewer upper layers.

    Raises EvaluationError when there is none.
    """
    if not path.is_file():
        raise EvaluationError(f"{path} is missing.")
    tensors = load_weights(path, hashlib.sha256(path.read_bytes()).hexdigest())
    layers = 1 + max(int(name.split(".")[1]) for name in tensors if name.startswith(_UPPER))
    state = {}
    for name, tensor in tensors.items():
        if name.startswith(_UPPER):
            _, layer, rest = name.split(".", 2)
            name = f"{_UPPER}{int(layer) + TRAINED_LAYERS - layers}.{rest}"
        state[name] = torch.from_numpy(tensor)
    network.load_state_dict(state, strict=False)


def mean(paths: Sequence[Path], model_folder: Path) -> dict[str, Tensor]:
    """Return the mean of the weights in the files, by name (model soup: Wortsman et al. 2022).

    Raises EvaluationError when one is missing.
    """
    states = []
    for path in paths:
        network = ReaderNetwork(model_folder)
        start_from(network, path)
        states.append(network.trained())
    return {name: torch.stack([each[name] for each in states]).mean(dim=0) for name in states[0]}


def save(weights: Mapping[str, Tensor], path: Path) -> str:
    """Write trained weights as `rag.reader` reads them; return the file's SHA-256."""
    return save_weights({name: each.float().numpy() for name, each in weights.items()}, path)


def rate(done: int, total: int) -> float:
    """Return the share of the full rate of learning after `done` of `total` pairs."""
    warm = min(1.0, (done + 1) / (_WARM_UP * _PAIRS))
    return min(warm, (total - done) / max(total * _COOLING, 1))


def check(
    network: ReaderNetwork, tokenizer: PieceTokenizer, held_out: Sequence[Pair]
) -> dict[str, Any]:
    """Return figures on pairs: AUROC of answering, how often the place is exact, the order right.

    For each kind also the mean probability of answering.
    """
    network.eval()
    answered, not_answered = [], []
    exact = []
    for start in range(0, len(held_out), _PAIRS):
        some = held_out[start : start + _PAIRS]
        made = _batch(some, _encoded(tokenizer, some))
        with torch.inference_mode(), _narrow():
            spans, odds = network(made.ids, made.attention, made.of_window)
        answered += odds[: len(some)].float().tolist()
        not_answered += odds[len(some) :].float().tolist()
        best = _masked(spans, made).argmax(dim=1)
        known = made.first >= 0
        found = (best[:, 0] == made.first) & (best[:, 1] == made.last)
        exact += found[known].tolist()
    odds_of = np.array([answered, not_answered])
    probability = 1 / (1 + np.exp(-odds_of))
    by_kind: dict[str, list[float]] = {}
    for row, column in zip(probability.T, held_out, strict=True):
        for value, example in zip(row, column, strict=True):
            by_kind.setdefault(example.kind, []).append(float(value))
    answers = np.repeat([1.0, 0.0], len(held_out))
    return {
        "auroc": round(float(measures.auroc(odds_of.ravel(), answers)), 4),
        "exact": round(float(np.mean(exact)), 4),
        "ordered": round(float((odds_of[0] > odds_of[1]).mean()), 4),
        "by_kind": {kind: round(float(np.mean(by_kind[kind])), 3) for kind in sorted(by_kind)},
    }


def _narrow() -> torch.autocast:
    """Return the 16-bit arithmetic that halves the time where the processor has it."""
    return torch.autocast("cpu", torch.bfloat16, enabled=torch.cpu._is_avx512_bf16_supported())


def _ready(network: ReaderNetwork) -> None:
    network.train()
    network.embeddings.eval()
    network.lower.eval()
    for name, module in network.upper.named_modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0 if "attention.self" in name else _DROPOUT


def _step(network: ReaderNetwork, optimizer: torch.optim.Optimizer, each: Batch) -> float:
    with _narrow(), sdpa_kernel(SDPBackend.MATH):  # "flash" is slower here, backwards most
        spans, answering = network(each.ids, each.attention, each.of_window)
    scores, odds = _masked(spans, each), answering.float()
    loss = functional.binary_cross_entropy_with_logits(odds, each.answers)
    answered, not_answered = odds.chunk(2)
    loss = loss + _PAIR_WEIGHT * functional.softplus(not_answered - answered).mean()
    if (each.first >= 0).any():
        places = functional.cross_entropy(scores[:, :, 0], each.first, ignore_index=-1)
        places += functional.cross_entropy(scores[:, :, 1], each.last, ignore_index=-1)
        loss = loss + _SPAN_WEIGHT * places / 2
    optimizer.zero_grad()
    loss.backward()  # type: ignore[no-untyped-call]
    torch.nn.utils.clip_grad_norm_(
        [each for each in network.parameters() if each.requires_grad], 1.0
    )
    optimizer.step()
    return float(loss.detach())


def _masked(spans: Tensor, each: Batch) -> Tensor:
    return spans.float().masked_fill(each.of_window[:, :, None] == 0, -1e4)


def _batches(
    examples: Examples, tokenizer: PieceTokenizer, start: int, end: int
) -> Iterator[tuple[int, Batch]]:
    for pool in range(start, end, _POOL):
        torch.manual_seed(pool)  # what is dropped out is the same, too, where a run goes on
        pairs = [examples[number] for number in range(pool, min(pool + _POOL, end))]
        inputs = _encoded(tokenizer, pairs)
        order = sorted(range(len(pairs)), key=lambda n: max(len(each.ids) for each in inputs[n]))
        parts = [order[at : at + _PAIRS] for at in range(0, len(order), _PAIRS)]
        np.random.default_rng(pool).shuffle(parts)
        for part in parts:
            yield len(part), _batch([pairs[n] for n in part], [inputs[n] for n in part])


def _encoded(tokenizer: PieceTokenizer, pairs: Sequence[Pair]) -> list[tuple[Input, Input]]:
    flat = [example for pair in pairs for example in pair]
    found = encode(
        tokenizer,
        [each.question for each in flat],
        [(each.title, each.window) for each in flat],
    )
    return list(zip(found[::2], found[1::2], strict=True))


def _batch(pairs: Sequence[Pair], inputs: Sequence[tuple[Input, Input]]) -> Batch:
    examples = [pair[side] for side in (0, 1) for pair in pairs]
    flat = [pair[side] for side in (0, 1) for pair in inputs]
    places = [
        (tokens_of(each.spans, example.answer) if example.answer else None) or (-1, -1)
        for example, each in zip(examples, flat, strict=True)
    ]
    ids, attention, of_window = (torch.from_numpy(array) for array in batch(flat))
    return Batch(
        ids,
        attention,
        of_window,
        torch.tensor([float(each.answers) for each in examples]),
        torch.tensor([first for first, _ in places]),
        torch.tensor([last for _, last in places]),
    )


def _save(network: ReaderNetwork, optimizer: torch.optim.Optimizer, out: Path, done: int) -> None:
    state = {"network": network.trained(), "optimizer": optimizer.state_dict(), "done": done}
    with replacing(out / _CHECKPOINT) as new, new.open("wb") as file:
        torch.save(state, file)  # given a path, it refuses one that begins with a dot


def _restore(network: ReaderNetwork, optimizer: torch.optim.Optimizer, out: Path) -> int:
    path = out / _CHECKPOINT
    if not path.is_file():
        raise EvaluationError(f"{path} is missing: start without --resume.")
    state = torch.load(path, weights_only=True)
    network.load_state_dict(state["network"], strict=False)
    optimizer.load_state_dict(state["optimizer"])
    return int(state["done"])


def _log(out: Path, entry: dict[str, Any]) -> None:
    with (out / _LOG).open("a", encoding="utf-8") as file:
        file.write(json.dumps(entry, ensure_ascii=False) + "\n")
