"""The files of documents, for who may see the page: as a download, as text, a page as an image.

An address holds a hash of the document's id (`webui/drawing/originals.py`): it can name nothing
but what is in the index at this moment. No file is ever shown as a page: what is no plain text is
downloaded, and what can be shown is drawn as an image here.
"""

import asyncio
from urllib.parse import quote

import regex
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from index import corpus
from index.errors import ChatbotError, CorpusError
from index.keeping.library import Library
from index.places import boxes_of
from index.reading.pdf.page_image import page_image
from webui.door.shell import wanted_language
from webui.drawing.originals import PATH, READ_AS_TEXT, key_of, suffix_of
from webui.texts import TEXTS

_ADDRESS = regex.compile(rf"/{PATH}/([0-9a-f]{{32}})(?:/(\d{{1,6}}))?")
_MOST_QUOTED = 10_000
_QUOTE = regex.compile(r"(\d{1,9})-(\d{1,9})")


class Originals:
    """ASGI middleware behind the door: `Middleware(Originals, library=…)`."""

    def __init__(self, app: ASGIApp, *, library: Library) -> None:
        """Serve the files of this library."""
        self._app = app
        self._library = library

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer what asks for a file, pass everything else on."""
        asked = _ADDRESS.fullmatch(scope["path"]) if scope["type"] == "http" else None
        if asked is None:
            await self._app(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            answer = await asyncio.to_thread(self._answer, request, asked[1], asked[2])
        except ChatbotError:
            said = TEXTS[wanted_language(request.headers)].errors["no_document"]
            answer = PlainTextResponse(said, status_code=404)
        answer.headers["Cache-Control"] = "no-store"
        await answer(scope, receive, send)

    def _answer(self, request: Request, key: str, page: str | None) -> Response:
        """Return the file, or a page of it. Raises ChatbotError where there is none."""
        doc_id = self._doc_id(key)
        folder = self._library.settings.corpus_dir
        raw = corpus.read(corpus.locate(folder, doc_id))
        if page is not None:
            if suffix_of(doc_id) != ".pdf":
                raise CorpusError("Only a PDF has pages to draw.", code="no_document")
            return Response(self._page(doc_id, raw, int(page), request), media_type="image/png")
        name = doc_id.rpartition("/")[2]
        if "open" in request.query_params and suffix_of(doc_id) in READ_AS_TEXT:
            encoding = self._encoding(doc_id)
            return Response(raw, media_type=f"text/plain; charset={encoding}")
        named = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
        return Response(
            raw, media_type="application/octet-stream", headers={"Content-Disposition": named}
        )

    def _doc_id(self, key: str) -> str:
        for summary in self._library.documents():
            if key_of(summary.doc_id) == key:
                return summary.doc_id
        raise CorpusError("There is no such document.", code="no_document")

    def _page(self, doc_id: str, raw: bytes, page: int, request: Request) -> bytes:
        """Return a page as an image, the characters that are asked for framed where they stand."""
        quote = _QUOTE.fullmatch(request.query_params.get("quote", ""))
        if not quote:
            return page_image(raw, page)
        document = self._library.document(doc_id)
        start, end = int(quote[1]), min(int(quote[2]), int(quote[1]) + _MOST_QUOTED)
        found = boxes_of(document.places.within(start, end))
        boxes = [at.box for at in found if at.page == page]
        return page_image(raw, page, boxes, document.text[start:end] if boxes else "")

    def _encoding(self, doc_id: str) -> str:
        summaries = (one for one in self._library.documents() if one.doc_id == doc_id)
        known = next((one.encoding for one in summaries), None) or "utf-8"
        return known if regex.fullmatch(r"[\w.:-]{1,40}", known) else "utf-8"
