"""The page to log in on: a form that needs no script, in the colours of the page behind it."""

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from markupsafe import Markup

from webui.drawing.markup import EMPTY
from webui.texts import LANGUAGES, TEXTS, Language, Texts

_HERE = Path(__file__).parent
_STYLE = Markup((_HERE / "login.css").read_text("utf-8"))
# The only script: a reader who chose dark or light before finds it so here too.
_SCRIPT = Markup(
    'try { document.documentElement.dataset.theme = localStorage.getItem("wenzheng-theme") ?? "" } '
    "catch {}"
)
_LONG_SECONDS = 100


@dataclass(frozen=True, slots=True)
class Fault:
    """Why somebody is not let in; `seconds` to wait, if that is it, or the `code` of an error."""

    kind: Literal["wrong", "too_long", "wait", "unable"]
    seconds: int = 0
    code: str = ""


def render(texts: Texts, *, nonce: str, name: str = "", fault: Fault | None = None) -> str:
    """Return the page, with the name that was typed before and what was wrong."""
    other: Language = next(one for one in LANGUAGES if one != texts.language)
    return Markup(
        '<!doctype html><html lang="{lang}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="color-scheme" content="light dark"><meta name="robots" content="noindex">'
        "<title>{log_in} · {product}</title>"
        '<link rel="icon" href="./favicon.ico"><style nonce="{nonce}">{style}</style>'
        '<script nonce="{nonce}">{script}</script></head><body>'
        '<nav><a href="./login?language={other}" hreflang="{other_tag}" lang="{other_tag}">'
        "{other_name}</a></nav><main>"
        '<header><span class="seal" lang="zh-CN" aria-hidden="true">证</span>'
        "<h1>{product}</h1><p>{tagline}</p></header>"
        '<form method="post" action="./login">{said}'
        '<label for="username">{user_name}</label>'
        '<input id="username" name="username" value="{name}" autocomplete="username" '
        'autocapitalize="none" spellcheck="false" dir="auto" required{name_extra}>'
        '<label for="password">{password}</label>'
        '<input id="password" name="password" type="password" autocomplete="current-password" '
        "required{password_extra}>"
        "<button>{log_in}</button></form></main></body></html>"
    ).format(
        lang=texts.html_lang,
        log_in=texts.log_in,
        product=texts.product,
        nonce=nonce,
        style=_STYLE,
        script=_SCRIPT,
        other=other,
        other_tag=TEXTS[other].html_lang,
        other_name=texts.other_language,
        tagline=texts.tagline,
        said=_said(fault, texts),
        user_name=texts.user_name,
        name=name,
        name_extra=EMPTY if name else Markup(" autofocus"),
        password=texts.password,
        password_extra=_password_extra(name, fault),
    )


def policy(nonce: str) -> str:
    """Return the content security policy of the page: what it holds itself, and nothing else."""
    return "; ".join(
        (
            "default-src 'none'",
            f"style-src 'nonce-{nonce}'",
            f"script-src 'nonce-{nonce}'",
            "img-src 'self'",
            "form-action 'self'",
            "base-uri 'none'",
            "frame-ancestors 'none'",
        )
    )


def _said(fault: Fault | None, texts: Texts) -> Markup:
    if fault is None:
        return EMPTY
    wait = texts.login_wait if fault.seconds < _LONG_SECONDS else texts.login_wait_long
    sentence = {
        "wrong": texts.login_wrong,
        "too_long": texts.login_too_long,
        "wait": wait.format(seconds=fault.seconds, minutes=math.ceil(fault.seconds / 60)),
        "unable": texts.errors.get(fault.code, ""),
    }[fault.kind]
    return Markup('<p class="error" id="fault" role="alert">{}</p>').format(sentence)


def _password_extra(name: str, fault: Fault | None) -> Markup:
    described = Markup(' aria-describedby="fault"') if fault else EMPTY
    return described + (Markup(" autofocus") if name else EMPTY)
