"""Requests as they are understood: without what no page can show and no database keep."""

import json
import re
from typing import Any
from urllib.parse import quote, urlsplit

from flask import Request
from werkzeug.datastructures import ImmutableMultiDict, MultiDict
from werkzeug.exceptions import BadRequest, RequestEntityTooLarge
from werkzeug.utils import cached_property

from grantflow.core.characters import CONTROLS, NO_CHARACTERS

# Tabs and ends of lines are the only controls that stand for something
_UNSHOWABLE = re.compile(f"(?![\t\n\r])[{CONTROLS}{NO_CHARACTERS}]")
_REPLACEMENT = "\ufffd"


#: The fields of a form as a script of ours sends them: pairs of name and text, which is read in a twentieth of the
#: time that the parts of a form with files take.
FIELDS = "application/x-fields+json"


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
        if self.mimetype == FIELDS:
            self.__dict__["form"] = self._fields()
        self.__dict__["form"] = _shown(self.__dict__["form"])
        for _name, file in self.__dict__["files"].items(multi=True):
            file.filename = shown(file.filename or "")

    def _fields(self) -> MultiDict[str, str]:
        """What a script sent as FIELDS; no larger than the fields of a form may be."""
        sent = self.get_data()
        if self.max_form_memory_size is not None and len(sent) > self.max_form_memory_size:
            raise RequestEntityTooLarge
        try:
            pairs = [(name, value) for name, value in json.loads(sent)]
        except (ValueError, TypeError, RecursionError) as problem:
            raise BadRequest from problem
        if not all(isinstance(text, str) for pair in pairs for text in pair):
            raise BadRequest
        return MultiDict(pairs)


def _shown(fields: MultiDict[str, str]) -> MultiDict[str, str]:
    return ImmutableMultiDict([(shown(name or ""), shown(value)) for name, value in fields.items(multi=True)])
