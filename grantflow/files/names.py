"""The names of files: as they came, and as they are safe to show and to save under."""

import re
from unicodedata import combining, normalize

from grantflow.core.characters import CONTROLS, FORBIDDEN
from grantflow.files.kinds import Kind, named

LONGEST_RAW = 1000
#: Systems take 255 bytes for a name; a browser adds " (1)" to one that is there already.
MOST_BYTES = 200
UNNAMED = "file"

_SEPARATORS = re.compile(r"[/\\]")
_NOT_IN_NAMES = re.compile(r'[<>:"|?*%]')
_SPACES = re.compile(r"\s+")
_EXTENSION = re.compile(r"\.[A-Za-z0-9]{1,8}$")
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9]|lpt[0-9])(?=\.|$)")
#: What a computer would run, or read as a page, were it the end of the name.
RUNNABLE = re.compile(
    r"(?i)\.(exe|com|scr|pif|bat|cmd|msi|js|jse|vbs|vbe|wsf|ps1|hta|jar|lnk|cpl|dll|sh|app|html?|xhtml|svg|php|docm|xlsm|pptm)"
    r"(?=[\s.]|$)"
)
_COMPATIBLE = re.compile("([\uf900-\ufaff\U0002f800-\U0002fa1f])")
_NUL_OR_HALF = re.compile("[\x00\ud800-\udfff]")


def raw(name: str) -> str:
    """The name as it came, but for what no database holds; what is longer than a thousand characters is cut."""
    return _NUL_OR_HALF.sub("\ufffd", name)[:LONGEST_RAW]


def safe(name: str, kind: Kind | None = None) -> str:
    """The name as it is shown and saved under: one line, no folders, nothing unseen, composed, not too long.

    With a `kind` it ends as files of that kind do. Characters that only some machines have (①, ㈱, 髙) stay: they are
    names.
    """
    last = _SEPARATORS.split(_NUL_OR_HALF.sub("", name))[-1]
    plain = re.sub(f"[{CONTROLS}]", " ", last)
    plain = _NOT_IN_NAMES.sub("_", FORBIDDEN.sub("", _composed(plain)))
    plain = _SPACES.sub(" ", plain).strip(" .")
    stem, extension = divided(plain)
    if kind is not None:
        if named(extension) is None:
            stem = plain
        if named(extension) is not kind:
            extension = kind.extension
    stem = RUNNABLE.sub(lambda found: f"_{found[1]}", stem).strip(" .")
    stem = _RESERVED.sub(lambda found: f"_{found[1]}", stem, count=1) if _RESERVED.match(stem) else stem
    return _cut(stem or UNNAMED, MOST_BYTES - len(extension)) + extension


def divided(name: str) -> tuple[str, str]:
    """The name before its extension, and the extension with its dot; "" where there is none."""
    found = _EXTENSION.search(name)
    if not found or found.start() == 0:
        return (name, "") if not found else ("", found[0])
    return name[: found.start()], found[0]


def _composed(name: str) -> str:
    """The name with marks joined to their letters, as other systems than macOS write it.

    Compatibility ideographs (塚, 神 as registered) stay what they are, which the standard form would replace.
    """
    return "".join(part if _COMPATIBLE.fullmatch(part) else normalize("NFC", part) for part in _COMPATIBLE.split(name))


def _cut(stem: str, most: int) -> str:
    """As much of `stem` as `most` bytes hold, no character torn from the mark that belongs to it."""
    if len(stem.encode()) <= most:
        return stem
    kept = stem.encode()[:most].decode(errors="ignore")
    while kept and combining(stem[len(kept)]):
        kept = kept[:-1]
    return kept.rstrip(" .")
