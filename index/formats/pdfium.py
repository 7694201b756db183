"""The other end of `pdfium_process`: starts it, asks it, and ends it when it takes too long."""

import atexit
import json
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

_PROGRAM = Path(__file__).with_name("pdfium_process.py")


class PdfiumError(Exception):
    """PDFium cannot read a document or page. `code` is that of FPDF_GetLastError."""

    def __init__(self, code: int) -> None:
        super().__init__(f"PDFium error {code}")
        self.code = code


class PdfiumEnded(Exception):
    """The process has ended: out of memory, out of time, or crashed."""


class Pdfium:
    """One process, one document at a time; started again after it has ended."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self._process: subprocess.Popen[bytes] | None = None

    def ask(
        self, *, seconds: float, body: bytes = b"", **request: object
    ) -> tuple[dict[str, Any], bytes]:
        """Return the answer to a request and the bytes that follow it.

        Raises PdfiumError as PDFium does, and PdfiumEnded when the process ends over it.
        """
        process = self._running()
        timer = threading.Timer(seconds, process.kill)
        timer.start()
        try:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.write(json.dumps(request).encode() + b"\n" + body)
            process.stdin.flush()
            answer = json.loads(process.stdout.readline())
            followed = process.stdout.read(answer.get("size", 0))
        except (OSError, ValueError) as error:  # a broken pipe, half an answer or none
            self.end()
            raise PdfiumEnded from error
        except BaseException:  # interrupted: the answer would be taken for that of the next request
            self.end()
            raise
        finally:
            timer.cancel()
        if "error" in answer:
            raise PdfiumError(answer["error"])
        return answer, followed

    def _running(self) -> "subprocess.Popen[bytes]":
        if self._process is None or self._process.poll() is not None:
            self.end()
            # -P: the folder of the program is no place to import from.
            self._process = subprocess.Popen(
                [sys.executable, "-P", str(_PROGRAM)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
            )
        return self._process

    def end(self) -> None:
        """End the process if it runs."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.communicate()


PDFIUM = Pdfium()
atexit.register(PDFIUM.end)
