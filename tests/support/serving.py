"""A page that is being served over a scratch corpus, with the real model."""

import os
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from index.embedders.embedding import Embedder
from index.keeping.library import Library
from index.settings import IndexSettings

ROOT = Path(__file__).resolve().parents[2]
# The first draws pages as the others do, without a window of its own: half of their processor time.
_BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
CHROMIUM = next(filter(None, map(shutil.which, _BROWSERS)), None)
NO_BROWSER = (
    "no Chromium here: the page was NOT tested "
    "(apt-get install chromium-headless-shell fonts-noto-cjk)"
)
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)

DOCUMENTS = {
    "青石港年报.md": (
        "# 青石港二〇三一年年报\n\n## 集装箱吞吐量\n\n"
        "青石港在2031年共装卸集装箱418万箱，比上一年增加7%。其中外贸箱占六成，主要发往东南亚。\n\n"
        "## 三号码头\n\n港务局局长林望舒说，新建的三号码头将在2033年春天启用，"
        "届时可以停靠最大的集装箱船。码头全长一千二百米，由岸电供能，靠泊的船舶不必再烧油发电。\n\n"
        "## 观景步道\n\n港区的观景步道去年向市民开放，全程三公里，"
        "沿途设有六处休息亭和一座灯塔博物馆。\n"
    ),
    "observatory.txt": (
        "The Larkspur observatory\n\n"
        "The Larkspur observatory opened in 1974 on a hill above the village of Penrow. "
        "Its main mirror measures 2.4 metres. Dr. Amara Osei has led it since 2019.\n\n"
        "Visitors are welcome on the first Friday of every month. The small telescope in the "
        "garden was  built by pupils of the village school and shows the rings of Saturn.\n"
    ),
    "منارة.txt": (
        "منارة الخليج الأزرق\n\n"
        "بُنيت منارة الخليج الأزرق عام 1892 ويبلغ ارتفاعها 43 مترًا. "
        "يحرسها اليوم السيد كريم الحداد، ويزورها نحو 9000 شخص كل عام (English: Blue Bay).\n"
    ),
    "灯台.txt": (
        "岬の灯台について\n\n岬の灯台は1931年に建てられ、高さは28メートルです。"
        "毎年五月に一般公開されます。🗼\n"
    ),
    "muehle.txt": (
        "Die Wassermühle von Eschenbach\n\n"
        "Die Wassermühle mahlte bis 1958 Getreide. Am 3. Oktober 1987 wurde sie ein Museum, "
        "das jährlich rund 12.500 Gäste besuchen.\n"
    ),
}


@dataclass
class Server:
    """A page that is being served. `restart` stops it and starts it again at the same address."""

    corpus: Path
    index: Path
    command: Sequence[str] = (str(ROOT / "ui.py"),)
    options: Sequence[str] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    port: int = 0
    log: str = ""
    process: subprocess.Popen[str] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def build(self) -> "Server":
        """Build the index before it is served, in a process of its own."""
        update = [sys.executable, "-m", "index", "update", *self.folders]
        subprocess.run(update, cwd=ROOT, check=True, capture_output=True)
        return self

    def start(self) -> "Server":
        self.port = self.port or free_port()
        self.process = subprocess.Popen(
            [sys.executable, *self.command, "--port", str(self.port), *self.folders, *self.options],
            cwd=ROOT,
            env={**os.environ, **self.environment},
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self.log += line
            if self.url in line:
                return self
        raise AssertionError(f"the server ended:\n{self.log}")

    def memory_mb(self) -> float:
        """Return what the process holds in memory, from Linux's own account."""
        assert self.process is not None
        status = Path(f"/proc/{self.process.pid}/status").read_text("utf-8")
        (kb,) = (line.split()[1] for line in status.splitlines() if line.startswith("VmRSS"))
        return int(kb) / 1024

    def interrupt(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)

    def wait(self) -> None:
        assert self.process is not None
        _, rest = self.process.communicate(timeout=60)
        self.log += rest

    def restart(self) -> None:
        self.interrupt()
        self.wait()
        self.start()

    @property
    def folders(self) -> list[str]:
        return ["--corpus", str(self.corpus), "--index-dir", str(self.index)]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def write_corpus(folder: Path, documents: dict[str, str]) -> Path:
    folder.mkdir()
    for name, text in documents.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
    return folder


def build_index(corpus: Path, index: Path, embedder: Embedder) -> None:
    """Bring the index to what the corpus holds, as `python -m index update` does."""
    library = Library(IndexSettings(corpus_dir=corpus, index_dir=index), embedder=embedder)
    library.update()
    library.close()
