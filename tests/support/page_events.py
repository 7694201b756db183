"""Prints, as JSON, the events of the page: the names of their handlers, for editors and others.

In a process of its own, for building a page of Gradio's leaves event loops open.
"""

import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import eval.settings
from index.keeping.library import Library
from index.settings import IndexSettings
from rag.settings import RagSettings
from webui.ask.answering import Answering
from webui.door.uploads import Uploads
from webui.launching import quick_import


def main() -> None:
    """Build the page over no corpus and print."""
    with quick_import():
        from webui.door.gradio_inside import is_for_editors
        from webui.page import build_page
    names: dict[bool, set[str]] = {True: set(), False: set()}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = IndexSettings(corpus_dir=folder / "corpus", index_dir=folder / "built")
        library, uploads = Library(settings), Uploads(folder / "uploads")
        page = build_page(
            library,
            Answering(library, RagSettings()),
            "x" * 43,
            evaluation=eval.settings.EvaluationSettings(),
            uploads=uploads,
        )
        uploads.close()
    for function in page.fns.values():
        if function.fn is not None:
            names[is_for_editors(function.fn)].add(function.fn.__name__)
    print(json.dumps({"editors": sorted(names[True]), "others": sorted(names[False])}))


if __name__ == "__main__":
    main()
