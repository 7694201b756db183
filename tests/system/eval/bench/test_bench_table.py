"""The table of everything holds every row at every size, and the same as JSON and as a drawing."""

import json
import re
from pathlib import Path

import pytest

from eval.__main__ import main


@pytest.mark.slow
def test_it_prints_its_table(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out, plot = tmp_path / "table.json", tmp_path / "table.svg"
    assert main(["bench", "--sizes", "100", "300", "--json", str(out), "--plot", str(plot)]) == 0
    printed = capsys.readouterr().out
    for name in ("unpacked", "converted", "cold start", "are indexed", "passages of", "are read"):
        assert len(re.findall(rf"^.*{name}.* [\d.,]+ \w", printed, re.MULTILINE)) == 1, name
    sizes = json.loads(out.read_text("utf-8"))["by_size"]
    assert sizes.keys() == {"100", "300"}
    assert sizes["300"]["on the disk"][0] > 1.5 * sizes["100"]["on the disk"][0]
    for name in sizes["100"]:
        assert len(re.findall(rf"^{name}, .* [\d.,]+", printed, re.MULTILINE)) == 1, name
        assert sizes["300"][name][0] > 0
    assert plot.read_text("utf-8").count("<polyline") == 7


def test_a_drawing_is_svg(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--plot", "costs.png"]) == 1
    assert "costs.svg" in capsys.readouterr().err
