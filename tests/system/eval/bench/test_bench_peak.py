"""The share of the processor's own speed: operations are counted as torch counts them."""

import pytest

from eval.__main__ import main
from eval.bench.peak import Shape, Work, measure


def test_operations_are_those_that_torch_counts() -> None:
    import torch
    from torch.utils.flop_counter import FlopCounterMode
    from transformers import BertConfig, BertModel

    config = BertConfig(
        vocab_size=10,
        hidden_size=32,
        num_hidden_layers=3,
        num_attention_heads=4,
        intermediate_size=96,
        attn_implementation="eager",
    )
    model = BertModel(config, add_pooling_layer=False).eval()
    with torch.inference_mode(), FlopCounterMode(display=False) as counter:
        model(input_ids=torch.ones((2, 7), dtype=torch.int64))
    assert Shape(3, 32, 96).operations([7, 7]) == counter.get_total_flops()


def test_what_takes_turns_is_told_by_operations_a_second() -> None:
    rates = measure([Work(f"{n}", n, lambda: sum(range(50_000))) for n in (1e9, 4e9)], 5)
    assert rates["4000000000.0"] > rates["1000000000.0"] > 0


@pytest.mark.slow
def test_it_prints_its_figures(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "peak", "--rounds", "1"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 5
    assert lines[1].endswith("1.00")
    assert all(0 < float(line.split()[-1]) < 2 for line in lines[2:])
