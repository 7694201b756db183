"""The page over an assistant that is slow, fails, doubts or is not sure when the question says so.

Everything but the text of its answers is real. Run from the repository root, with the options of
`ui.py`: `python tests/support/scripted_page.py --port 7861 --corpus DIR --index-dir DIR`.
"""

import argparse
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import eval.settings
import index.settings
import rag.settings
import ui
from index.errors import GenerationError
from index.keeping.library import Library
from index.types import EVERYTHING, Scope
from rag.assistant import Assistant
from rag.types import Answer, Sentence, ShortAnswer, Turn
from webui.ask.answering import Answering
from webui.door.auth import browser_secret
from webui.door.uploads import Uploads
from webui.launching import launch, quick_import

PIECES = 30
SECONDS_A_PIECE = 0.2


class Scripted:
    """Answers as the real assistant does, unless the question holds one of the words below."""

    def __init__(self, real: Assistant) -> None:
        self.library = real.library
        self._real = real

    def ask(self, question: str) -> Answer:
        *_, answer = self.stream(question)
        return answer

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        *,
        language: str | None = None,
        likely: str | None = None,
        scope: Scope = EVERYTHING,
    ) -> Iterator[Answer]:
        """Yield ever fuller answers."""
        if "UNREACHABLE" in question:
            raise GenerationError("The server <b>at</b> localhost:11434 does not answer. Start it.")
        if "BROKEN" in question:
            raise RuntimeError("secret detail of the inside")
        question, possible, words = question.partition(" POSSIBLE ")
        *_, answer = self._real.stream(
            question, history, language=language, likely=likely, scope=scope
        )
        if "SLOW" in question:
            for number in range(1, PIECES + 1):
                time.sleep(SECONDS_A_PIECE)
                yield replace(answer, text="".join(f"第{n}句。" for n in range(1, number + 1)))
        elif "DOUBT" in question:
            text = "有依据的一句。[1]没有依据的一句。[1]编造的编号[99]。"
            yield replace(
                answer,
                text=text,
                sentences=(
                    Sentence("有依据的一句。", (1,), supported=True),
                    Sentence("没有依据的一句。", (1,), supported=False),
                ),
                notice="两份文档说法不同。",
                completed_question="青石港的集装箱吞吐量是多少？",
            )
        elif possible:
            yield replace(answer, state="possible", short=_short(answer, words))
        else:
            yield answer


def _short(answer: Answer, words: str) -> ShortAnswer:
    """Return these words of the first quotation as the short answer."""
    cited = answer.citations[0]
    start = cited.start + cited.quote.index(words)
    return ShortAnswer(words, cited.number, start, start + len(words))


class ScriptedAnswering(Answering):
    def __call__(self) -> Assistant:
        return Scripted(super().__call__())  # type: ignore[return-value]


def main() -> None:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    rag.settings.add_arguments(parser)
    index.settings.add_arguments(parser)
    eval.settings.add_arguments(parser)
    options = parser.parse_args()
    settings = index.settings.from_arguments(options)
    library = Library(settings)
    answering = ScriptedAnswering(library, rag.settings.from_arguments(options))
    with quick_import():
        from webui.api.programs import for_programs
        from webui.page import build_page
    uploads = Uploads(settings.cache_dir / "uploads")
    page = build_page(
        library,
        answering,
        browser_secret(settings.cache_dir),
        evaluation=eval.settings.from_arguments(options),
        uploads=uploads,
    )
    programs = for_programs(library, answering, with_tools=False)
    address = launch(
        page,
        host="127.0.0.1",
        port=options.port,
        uploads=uploads,
        library=library,
        programs=programs,
    )
    print(address, file=sys.stderr, flush=True)
    answering.finish(ui.until_stopped())
    page.close(verbose=False)
    uploads.close()


if __name__ == "__main__":
    main()
