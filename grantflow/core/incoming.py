"""Requests as they are understood: without what no page can show and no database keep."""

import re
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.utils import cached_property

from grantflow.core.characters import CONTROLS, NO_CHARACTERS

# Tabs and ends of lines are the only controls that stand for something
_UNSHOWABLE = re.compile(f"(?![\t\n\r])[{CONTROLS}{NO_CHARACTERS}]")
_REPLACEMENT = "\ufffd"


def shown(text: str) -> str:
    """`text` without control characters and code points that are none: pasted text has them, and nobody sees them."""
    return _UNSHOWABLE.sub("", text)


def is_own_path(asked: str) -> bool:
    """Whether `asked` is a path on this site, and nothing that a browser takes for another site."""
    try:
        parts = urlsplit(asked)
    except ValueError:
        return False
    return asked.startswith("/") and not asked.startswith(("//", "/\\")) and not parts.scheme and not parts.netloc


class ShownRequest(Request):
    """A request whose address, question and form hold only what a page can show."""

    def __init__(self, wsgi: dict[str, Any], *args: Any, **kw: Any) -> None:
        path = wsgi.get("PATH_INFO", "").encode("latin-1").decode("utf-8", "replace")
        # Replaced and not dropped: such an address leads nowhere
        wsgi["PATH_INFO"] = _UNSHOWABLE.sub(_REPLACEMENT, path).encode().decode("latin-1")
        question = wsgi.get("QUERY_STRING", "").encode("latin-1")
        # Bytes that a browser would have spelled with % stop the reading of the question
        wsgi["QUERY_STRING"] = question.decode() if question.isascii() else quote(question, "%&=+;/?:@!$'()*,-._~")
        super().__init__(wsgi, *args, **kw)

    @cached_property
    def args(self) -> MultiDict[str, str]:
        """What stands behind the question mark."""
        return _shown(super().args)

    def _load_form_data(self) -> None:
        if "form" in self.__dict__:
            return
        super()._load_form_data()
        self.__dict__["form"] = _shown(self.__dict__["form"])
        for _name, file in self.__dict__["files"].items(multi=True):
            file.filename = shown(file.filename or "")


def _shown(fields: MultiDict[str, str]) -> MultiDict[str, str]:
    return ImmutableMultiDict([(shown(name or ""), shown(value)) for name, value in fields.items(multi=True)])
