"""The log of requests: a line each, whatever is in it."""

import logging
import re
from pathlib import Path

import pytest

from index.errors import ChatbotError
from webui.door.request_log import log_request, write_log


def wrote(handler: logging.Handler, path: Path) -> bool:
    return isinstance(handler, logging.FileHandler) and handler.baseFilename == str(path)


def test_a_line_holds_what_is_said_and_stays_a_line(tmp_path: Path) -> None:
    logger, path = logging.getLogger("wenzheng.requests"), tmp_path / "requests.log"
    log_request(user="nobody sees it")
    write_log(str(path))
    try:
        log_request(user="李雷", status=200, seconds=0.25, question='多少 "箱"？\nuser=anna')
        log_request(user=None, status=401)
    finally:
        (handler,) = (each for each in logger.handlers if wrote(each, path))
        logger.removeHandler(handler)
        handler.close()
    first, second = path.read_text("utf-8").splitlines()
    time = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ "
    said = re.sub(time, "", first, count=1)
    assert said == 'user=李雷 status=200 seconds=0.250 question="多少 \\"箱\\"？\\\\u000auser=anna"'
    assert re.fullmatch(time + "status=401", second)


def test_a_log_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    with pytest.raises(ChatbotError, match="Cannot write the log"):
        write_log(str(tmp_path))
