"""Text on images, by RapidOCR: an optional extra (requirements-ocr.txt) that ships its models."""

import functools
import importlib.util
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from index.reading.pdf.layout import Line


def is_available() -> bool:
    """Whether RapidOCR is installed."""
    return importlib.util.find_spec("rapidocr") is not None


def lines_on(image: "NDArray[np.uint8]") -> "list[Line]":
    """Return the lines of text on an image of shape (height, width, 3), blue first.

    Their boxes are in pixels, counted upwards from the lower edge.
    """
    from index.reading.pdf.layout import Line

    result = _engine()(image)
    if result.txts is None:
        return []
    height = image.shape[0]
    return [
        Line(
            text,
            left=float(box[:, 0].min()),
            right=float(box[:, 0].max()),
            top=height - float(box[:, 1].min()),
            bottom=height - float(box[:, 1].max()),
        )
        for text, box in zip(result.txts, result.boxes, strict=True)
        if text.strip()
    ]


@functools.cache
def _engine() -> Any:  # noqa: ANN401 (RapidOCR is untyped)
    from rapidocr import EngineType, RapidOCR

    # OpenVINO runs the embedder as well: no second runtime to install.
    stages = {f"{stage}.engine_type": EngineType.OPENVINO for stage in ("Det", "Cls", "Rec")}
    return RapidOCR(params={**stages, "Global.log_level": "critical"})
