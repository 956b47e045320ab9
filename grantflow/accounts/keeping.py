"""What somebody had typed when their sign-in was found to have ended: carried from page to page until it is saved.

Nothing of it is stored. It travels in hidden boxes of the pages on which one signs in again, so that nobody can fill
the database with it and nothing is left behind when they do not.
"""

from dataclasses import dataclass
from uuid import UUID

from werkzeug.datastructures import FileStorage, Headers, MultiDict

from grantflow.core.incoming import is_own_path

PREFIX, PATH, FILES = "kept:", "kept_path", "kept_files"
#: Boxes whose content is a secret or belongs to one page: they are typed anew.
SECRETS = frozenset({"csrf_token", "password", "current", "new_password", "repeated", "code", "sealed"})
#: What comes back in one piece through the parts of a form that Werkzeug reads (1,000 parts, 500 kB).
MOST_BYTES, MOST_FIELDS = 300_000, 900
#: Boxes that no one typed into.
UNTYPED = frozenset({"version", "seen", "submit", "goal", "id"})


@dataclass(frozen=True, slots=True)
class Kept:
    """A form that was sent and not taken: where to, its boxes in their order, and whether files came with it."""

    path: str
    fields: tuple[tuple[str, str], ...]
    files: bool = False

    @property
    def fits(self) -> bool:
        """Whether the next page can carry it; what is too long is shown for copying."""
        size = sum(len(name.encode()) + len(value.encode()) for name, value in self.fields)
        return size <= MOST_BYTES and len(self.fields) <= MOST_FIELDS

    @property
    def texts(self) -> list[str]:
        """What a person may have typed, in its order."""
        return [
            value
            for name, value in self.fields
            if name not in UNTYPED and value.strip() and not _is_a_key(value.strip())
        ]


def typed(path: str, form: MultiDict[str, str], files: MultiDict[str, FileStorage]) -> Kept:
    """The form that was sent to `path`, without its secrets and its files."""
    fields = tuple(
        (name, value)
        for name, value in form.items(multi=True)
        if name and name not in SECRETS and not name.startswith(PREFIX) and name not in (PATH, FILES)
    )
    return Kept(path, fields, any(file.filename for file in files.values()))


def carried(form: MultiDict[str, str]) -> Kept | None:
    """The form that the page just sent carried along; None when it carried none, or one for another site."""
    path = form.get(PATH, "")
    if not is_own_path(path):
        return None
    fields = tuple(
        (name.removeprefix(PREFIX), value)
        for name, value in form.items(multi=True)
        if name.startswith(PREFIX) and name.removeprefix(PREFIX) not in SECRETS | {""}
    )
    return Kept(path, fields, FILES in form)


def is_foreign(headers: Headers, host: str) -> bool:
    """Whether a browser says that a page of another site sent the form: that one is neither shown nor carried."""
    origin, site = headers.get("Origin", ""), headers.get("Sec-Fetch-Site", "same-origin")
    return site not in ("same-origin", "none") or bool(origin and origin.partition("://")[2] != host)


def _is_a_key(value: str) -> bool:
    try:
        return str(UUID(value)) == value.lower()
    except ValueError:
        return False
