"""Where the content of stored files lies: in one place, under the SHA-256 of the content."""

import hashlib
import re
from collections.abc import Callable, Iterator

from grantflow.files.places import Place, place

BY_HASH = re.compile(r"[0-9a-f]{64}")


class NotStored(Exception):
    """No content is stored under this hash."""


class Shelf:
    """The place of all content: `put` it, `read` it by its hash, list what there is.

    Content is written once and never changed, and read back before anybody relies on it. A place that does not do its
    part is an OSError, and never a file that is missing.
    """

    def __init__(self) -> None:
        self._place: Place | None = None

    def open(self, url: str) -> None:
        """Use the place that the address names from now on; a folder is made when it is first written to."""
        self._place = place(url)

    def use(self, place: Place) -> None:
        """Use this place from now on."""
        self._place = place

    @property
    def place(self) -> Place:
        """The place of the content; LookupError when none was opened."""
        if self._place is None:
            raise LookupError("no place for files was opened")
        return self._place

    def put(self, content: bytes) -> str:
        """Keep `content` and return its SHA-256; OSError when it cannot be read back as it was written."""
        sha256 = hashlib.sha256(content).hexdigest()
        key = place_of(sha256)
        if self.fingerprint(sha256) == sha256:
            return sha256
        try:
            self.place.create(key, content)
        except FileExistsError:
            # Somebody else wrote the same just now, or what lies there was altered
            if self.fingerprint(sha256) != sha256:
                self.place.replace(key, content)
        if not self.holds(sha256, len(content)):
            raise OSError(f"{sha256}: what was written is not what can be read")
        return sha256

    def read(self, sha256: str) -> bytes:
        """The content with this hash; NotStored when it is not there or not what the hash says."""
        return b"".join(self.pieces(sha256))

    def pieces(self, sha256: str) -> Iterator[bytes]:
        """The content with this hash in pieces, the last of which comes only when all of them are what the hash says.

        Raises NotStored before the first when nothing is there, and in place of the last when it is something else.
        """
        digest, held = hashlib.sha256(), b""
        try:
            for piece in self.place.pieces(place_of(sha256)):
                digest.update(piece)
                if held:
                    yield held
                held = piece
        except FileNotFoundError as error:
            raise NotStored(sha256) from error
        if digest.hexdigest() != sha256:
            raise NotStored(sha256)
        yield held

    def remove(self, sha256: str) -> None:
        """Take content away that no row tells of any more; nothing happens when nothing is there."""
        self.place.remove(place_of(sha256))

    def fingerprint(self, sha256: str) -> str | None:
        """The hash of what is stored under `sha256`, which is the same unless it was altered; None when nothing is."""
        found = self._measured(sha256)
        return found[0] if found else None

    def holds(self, sha256: str, size: int) -> bool:
        """Whether this content is there, byte for byte; OSError when the place cannot be asked."""
        return self._measured(sha256) == (sha256, size)

    def stored(self) -> Iterator[str]:
        """The key of everything that lies there, in their order; whole content is named by its hash."""
        return self.place.keys()

    def can_write(self) -> bool:
        """Whether content could be written now."""
        return self.place.can_write()

    def sweeper(self) -> Callable[[], None]:
        """What takes away all content, and what was made to hold it from now on; for a place that was empty."""
        return self.place.sweeper()

    def _measured(self, sha256: str) -> tuple[str, int] | None:
        digest, size = hashlib.sha256(), 0
        try:
            for piece in self.place.pieces(place_of(sha256)):
                digest.update(piece)
                size += len(piece)
        except FileNotFoundError:
            return None
        return digest.hexdigest(), size


def place_of(sha256: str) -> str:
    """The key of some content; ValueError for what is no hash."""
    if not BY_HASH.fullmatch(sha256):
        raise ValueError(sha256)
    return f"{sha256[:2]}/{sha256[2:4]}/{sha256}"


shelf = Shelf()
