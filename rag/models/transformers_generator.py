"""Any causal language model, run in this process by transformers: hub name, folder or GGUF file.

The prompt goes through the network in slices, and the answer token by token; between any two steps
the reader of the answer has its turn, and when it closes the iterator, nothing runs on. Slices are
made as long as a quarter of a second allows on this machine.
"""

import time
from collections.abc import Callable, Generator, Mapping, Sequence
from pathlib import Path
from typing import Any

from index.embedders.hub import fetched
from index.errors import GenerationError
from rag.models.chat_text import Decoder, Defuser, rendered
from rag.models.language_model import Message

_ANSWER_TOKENS = 512
_FIRST_SLICE = 16
_LONGEST_SLICE = 1024
_SLICE_SECONDS = 0.25
_MOST_CONTEXT = 8192
"""Longer contexts cost memory that answers from a few passages do not need."""


class TransformersModel:
    """A causal model and its tokenizer. Threads may share it: each answer has its own cache."""

    generator = "transformers"

    def __init__(
        self,
        name: str,
        model: Any,  # noqa: ANN401
        tokenizer: Any,  # noqa: ANN401
        *,
        context_tokens: int | None = None,
        answer_tokens: int | None = None,
    ) -> None:
        """Take the loaded parts, and what is less or more than usual."""
        self.name = name
        self._model = model
        self._tokenizer = tokenizer
        longest = getattr(model.config, "max_position_embeddings", None) or _MOST_CONTEXT
        self.context_tokens = int(min(longest, context_tokens or _MOST_CONTEXT))
        self.answer_tokens = answer_tokens or _ANSWER_TOKENS
        self._ends = _ends(model, tokenizer)
        self._defused = Defuser([str(each) for each in tokenizer.all_special_tokens])

    @classmethod
    def load(
        cls, name: str, notify: Callable[[str], None], **limits: int | None
    ) -> "TransformersModel":
        """Return the model, fetched from the hub when it is not on this machine.

        `limits` are those of the constructor. Raises GenerationError, within seconds, when it
        cannot be had.
        """
        folder, gguf = _found(name, notify)
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer, GgufConfig
        from transformers.utils import logging

        logging.disable_progress_bar()
        notify(f"Loading {name} …")
        device, dtype = _machine(torch)
        options: dict[str, Any] = {"local_files_only": True}
        if gguf:
            # Packed weights would need kernels from the hub, and are unpacked for every step here.
            options |= {"gguf_file": gguf}
        packed = {"quantization_config": GgufConfig(dequantize=True)} if gguf else {}
        try:
            tokenizer = AutoTokenizer.from_pretrained(folder, **options)
            model = AutoModelForCausalLM.from_pretrained(folder, dtype=dtype, **options, **packed)
        except Exception as error:
            raise GenerationError(
                f"The model {name} cannot be loaded: {_first_line(error)}. It must be a causal "
                "language model that transformers knows; name another with `--model`.",
                code="model_broken",
            ) from error
        return cls(name, model.to(device).eval(), tokenizer, **limits)

    def count_tokens(self, text: str) -> int:
        """Return how many tokens a text takes."""
        return len(self._tokenizer(text, add_special_tokens=False)["input_ids"])

    def write(self, messages: Sequence[Message], max_tokens: int) -> Generator[str]:
        """Yield the likeliest answer in pieces; "" while the prompt is read."""
        import torch

        text = rendered(messages, self._template, self._defused)
        tokens = self._tokenizer(text, add_special_tokens=False, return_tensors="pt")
        prompt = tokens["input_ids"].to(self._model.device)
        cache, start, length = None, 0, _FIRST_SLICE
        logits = None
        while start < prompt.shape[1]:
            began = time.perf_counter()
            cache, logits = self._step(torch, prompt[:, start : start + length], cache)
            start += length
            rate = length / max(time.perf_counter() - began, 1e-6)
            length = int(min(max(rate * _SLICE_SECONDS, _FIRST_SLICE), _LONGEST_SLICE, 2 * length))
            yield ""
        decoder = Decoder(self._decoded)
        for _ in range(max_tokens):
            if logits is None:
                break
            token = int(logits.argmax())
            if token in self._ends:
                break
            yield decoder.add(token)
            following = torch.tensor([[token]], device=self._model.device)
            cache, logits = self._step(torch, following, cache)

    def _step(self, torch: Any, tokens: Any, cache: Any) -> tuple[Any, Any]:  # noqa: ANN401
        """Return the cache with these tokens, and what the network expects behind them."""
        # Not around the loop: between two pieces the caller's own code runs.
        with torch.inference_mode():
            output = self._model(
                input_ids=tokens, past_key_values=cache, use_cache=True, logits_to_keep=1
            )
        return output.past_key_values, output.logits[0, -1]

    def _decoded(self, tokens: Sequence[int]) -> str:
        return str(self._tokenizer.decode(tokens, skip_special_tokens=True))

    def _template(self, messages: Sequence[Mapping[str, str]]) -> str:
        """Return the messages as the model's own chat template writes them."""
        if not self._tokenizer.chat_template:
            return "\n\n".join(message["content"] for message in messages) + "\n\n"
        return str(
            self._tokenizer.apply_chat_template(
                messages, add_generation_prompt=True, tokenize=False, enable_thinking=False
            )
        )


def _ends(model: Any, tokenizer: Any) -> set[int]:  # noqa: ANN401
    """Return the tokens that end an answer."""
    configured = getattr(model.generation_config, "eos_token_id", None)
    every = configured if isinstance(configured, list) else [configured]
    return {int(token) for token in (*every, tokenizer.eos_token_id) if token is not None}


def _machine(torch: Any) -> tuple[str, Any]:  # noqa: ANN401
    """Return where the model runs and in which precision."""
    if torch.cuda.is_available():
        exact = torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16
        return "cuda", exact
    if torch.backends.mps.is_available():
        return "mps", torch.float16
    has_bf16 = torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return "cpu", torch.bfloat16 if has_bf16 else torch.float32


def _found(name: str, notify: Callable[[str], None]) -> tuple[Path, str | None]:
    """Return the folder of the model, and the name of its GGUF file where it is one."""
    path = Path(name).expanduser()
    if path.is_file() and path.suffix == ".gguf":
        return path.parent, path.name
    if path.is_dir():
        return path, None
    if path.suffix == ".gguf":
        raise GenerationError(
            f"There is no file {name}. Name a GGUF file, a folder or a model.", code="model_name"
        )
    try:
        return fetched(name, notify), None
    except ValueError:
        raise GenerationError(
            f"{name} is neither a folder, a GGUF file nor the name of a model. "
            "Type, for example, `--model Qwen/Qwen2.5-1.5B-Instruct`.",
            code="model_name",
        ) from None
    except ConnectionError as error:
        raise GenerationError(
            f"{error} and type `--model FOLDER`, or leave `--generator` out to have answers "
            "quoted.",
            code="model_missing",
        ) from error


def _first_line(error: Exception) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0].rstrip(".")
