"""The whole page: one route a language, each with its tabs, over one library."""

from dataclasses import replace
from functools import partial

import gradio as gr
from markupsafe import Markup

from eval.settings import EvaluationSettings
from index.keeping.library import Library
from webui.api.asking import Asking
from webui.api.endpoints import add_endpoints
from webui.ask.answering import Answering
from webui.ask.chat import ChatTab
from webui.documents.attaching import Attaching
from webui.documents.imports import Imports
from webui.documents.tab import DocumentsTab
from webui.door.gradio_inside import GuardedBlocks, laying_out
from webui.door.uploads import Uploads
from webui.measuring.tab import EvaluationTab
from webui.notebook import NotebookTab
from webui.texts import LANGUAGES, TEXTS, Language, Texts

# Per script, so that a page in English shows Chinese quotes in a Chinese face and not a Japanese
# one. All of them are fonts of systems: none is loaded from anywhere.
FONTS = (
    "system-ui", "-apple-system", "Segoe UI", "Roboto", "Noto Sans", "Helvetica Neue", "Arial",
    "PingFang SC", "Hiragino Sans GB", "Microsoft YaHei", "Noto Sans CJK SC", "Noto Sans SC",
    "Source Han Sans SC", "WenQuanYi Micro Hei", "sans-serif",
)  # fmt: skip
MONO_FONTS = ("ui-monospace", "Cascadia Code", "Menlo", "Consolas", "Noto Sans Mono", "monospace")


def build_page(
    library: Library,
    answering: Answering,
    secret: str,
    *,
    evaluation: EvaluationSettings,
    uploads: Uploads,
    allow_private: bool = False,
    with_users: bool = False,
) -> gr.Blocks:
    """Return the page.

    `secret` is the key under which browsers keep their conversations. `allow_private`: documents
    may be fetched from this computer and its network. `with_users`: readers log in, and out.
    """
    tabs = partial(
        _fill,
        library=library,
        answering=answering,
        secret=secret,
        evaluation=evaluation,
        uploads=uploads,
        allow_private=allow_private,
        with_users=with_users,
    )
    with laying_out():
        page = GuardedBlocks(
            title=TEXTS[LANGUAGES[0]].product,
            analytics_enabled=False,
            fill_width=True,
        )
        page.with_users = with_users
        with page:
            tabs(page, TEXTS[LANGUAGES[0]])
            add_endpoints(page, Asking(library, answering))
        for language in LANGUAGES[1:]:
            with page.route(TEXTS[language].product, f"/{language}", show_in_navbar=False):
                tabs(page, TEXTS[language])
    return page


def theme() -> gr.themes.Base:
    """Return Gradio's plain theme in our colours, with fonts of the system only."""
    return gr.themes.Base(
        primary_hue=gr.themes.colors.blue,
        neutral_hue=gr.themes.colors.stone,
        radius_size=gr.themes.sizes.radius_md,
        font=list(FONTS),
        font_mono=list(MONO_FONTS),
    )


def _fill(
    page: gr.Blocks,
    texts: Texts,
    *,
    library: Library,
    answering: Answering,
    secret: str,
    evaluation: EvaluationSettings,
    uploads: Uploads,
    allow_private: bool,
    with_users: bool,
) -> None:
    if with_users:
        texts = replace(texts, **texts.where_users_log_in)
    imports = Imports(texts, library, uploads, answering.quoting)
    gr.HTML(_header(texts, with_users=with_users), apply_default_css=False, js_on_load=None)
    with gr.Tabs(elem_id="tabs"):
        with gr.Tab(texts.ask_tab, id="ask"):
            chat = ChatTab(texts, library, answering, secret, evaluation)
        with gr.Tab(texts.notebook_tab, id="notebook") as notes:
            NotebookTab(texts, library, secret, notes)
        with gr.Tab(texts.documents_tab, id="documents", elem_id="documents"):
            documents = DocumentsTab(texts, imports, evaluation, allow_private=allow_private)
        with gr.Tab(texts.evaluation_tab, id="evaluation", elem_id="evaluation") as tab:
            measured = EvaluationTab(texts, library.settings, answering, evaluation)
    attached = Attaching(texts, imports, chat.attach, chat.added)
    documents.list_on(attached.wrote.then)
    measured.refresh_on(tab)
    for listener in (*documents.changed, attached.wrote.then):
        chat.refresh_on(listener)
    chat.on_load(page)
    documents.list_on(page.load)


def _header(texts: Texts, *, with_users: bool) -> str:
    leaving = Markup(
        '<form method="post" action="./logout"><button class="plain">{}</button></form>'
    ).format(texts.log_out)
    other: Language = next(one for one in LANGUAGES if one != texts.language)
    return Markup(
        '<header class="masthead"><span class="seal" lang="zh-CN" aria-hidden="true">证</span>'
        '<h1>{product}</h1><p>{tagline}</p><nav id="words" data-ok="{ok}" data-cancel="{cancel}" '
        'data-gone="{gone}" data-ended="{ended}" data-away="{away}">'
        '<a class="plain" href="./{path}" hreflang="{other_tag}" lang="{other_tag}" '
        'data-language="{other}">{other_name}</a>'
        '<button type="button" class="plain" data-theme="toggle" aria-label="{theme}" '
        'title="{theme}">◐</button>{leaving}</nav></header>'
    ).format(
        product=texts.product,
        tagline=texts.tagline,
        ok=texts.ok,
        cancel=texts.cancel,
        gone=texts.server_gone,
        ended=texts.session_ended,
        away=texts.errors["users_away"],
        path="" if other == LANGUAGES[0] else other,
        other=other,
        other_tag=TEXTS[other].html_lang,
        other_name=texts.other_language,
        theme=texts.theme,
        leaving=leaving if with_users else "",
    )
