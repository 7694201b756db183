"""The reader's network: the embedded model with its upper layers trained, and two heads.

Input is `<s> question </s></s> title newline window </s>`. One head gives each token's score as the
first and as the last of the answer; the other the log odds that the window answers at all, from the
state of `<s>` and the strongest states of the window (mixing both: own choice).
"""

from pathlib import Path

import torch
from torch import Tensor, nn
from transformers import BertModel

TRAINED_LAYERS = 8
"""The upper ones; those below and the vocabulary are the embedder's own."""


class ReaderNetwork(nn.Module):
    """Returns the scores of spans and of answering for token numbers of shape (texts, tokens)."""

    def __init__(self, model_folder: Path) -> None:
        super().__init__()
        bert = BertModel.from_pretrained(
            model_folder, local_files_only=True, add_pooling_layer=False
        )
        self.embeddings = bert.embeddings
        layers = list(bert.encoder.layer)
        self.lower = nn.ModuleList(layers[:-TRAINED_LAYERS])
        self.upper = nn.ModuleList(layers[-TRAINED_LAYERS:])
        hidden = bert.config.hidden_size
        self.spans = nn.Linear(hidden, 2)
        self.mixing = nn.Linear(2 * hidden, hidden)
        self.answering = nn.Linear(hidden, 1)
        for frozen in (self.embeddings, self.lower):
            frozen.requires_grad_(requires_grad=False)

    def forward(self, ids: Tensor, attention: Tensor, of_window: Tensor) -> tuple[Tensor, Tensor]:
        """Return span scores (texts, tokens, 2) and log odds (texts,).

        `attention` and `of_window`, both of the shape of `ids`, are 1 for what is no padding, and
        for tokens of title and window.
        """
        return self.read_words(self.embeddings.word_embeddings(ids), attention, of_window)

    def read_words(
        self, words: Tensor, attention: Tensor, of_window: Tensor
    ) -> tuple[Tensor, Tensor]:
        """Return the same for the vectors of the tokens, shape (texts, tokens, hidden)."""
        mask = attention[:, None, None, :].bool()
        with torch.no_grad():
            states = self.embeddings(inputs_embeds=words)
            for layer in self.lower:
                states = layer(states, mask)
        for layer in self.upper:
            states = layer(states, mask)
        outside = of_window[:, :, None] == 0
        strongest = states.masked_fill(outside, torch.finfo(states.dtype).min).max(dim=1).values
        mixed = torch.tanh(self.mixing(torch.cat([states[:, 0], strongest], dim=1)))
        return self.spans(states), self.answering(mixed).squeeze(1)

    def trained(self) -> dict[str, Tensor]:
        """Return what training changes, by name."""
        frozen = ("embeddings.", "lower.")
        return {k: v for k, v in self.state_dict().items() if not k.startswith(frozen)}
