"""What the page's styles may cost."""

import re
from pathlib import Path

import webui


def test_no_style_looks_through_the_transcript() -> None:
    css = (Path(webui.__file__).parent / "style.css").read_text("utf-8")
    subjects = set(re.findall(r"([\w.#-]+)(?::not\()?:has\(", css))
    assert "#scope" in subjects  # the pattern finds them
    # Of these the transcript is a part: each piece of an answer would have it searched whole.
    assert not subjects & {"html", "body", ".gradio-container", ".columns", ".main", ".transcript"}
