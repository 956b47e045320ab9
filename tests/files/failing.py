"""A place for content that fails when it is told to, and else is the place it stands before."""

from collections.abc import Callable, Iterator

from grantflow.files.places import Place


class FailsAt:
    """Passes every act on to another place, and fails at the `nth` (from 1; 0 for never) before it does anything.

    `calls` is how many there were; with `onwards` every later one fails too.
    """

    def __init__(self, place: Place, nth: int, *, onwards: bool = False) -> None:
        self.place, self.nth, self.onwards, self.calls = place, nth, onwards, 0

    def create(self, key: str, content: bytes) -> None:
        self._count()
        self.place.create(key, content)

    def replace(self, key: str, content: bytes) -> None:
        self._count()
        self.place.replace(key, content)

    def pieces(self, key: str) -> Iterator[bytes]:
        self._count()
        return self.place.pieces(key)

    def remove(self, key: str) -> None:
        self._count()
        self.place.remove(key)

    def keys(self) -> Iterator[str]:
        self._count()
        return self.place.keys()

    def can_write(self) -> bool:
        self._count()
        return self.place.can_write()

    def sweeper(self) -> Callable[[], None]:
        self._count()
        return self.place.sweeper()

    def _count(self) -> None:
        self.calls += 1
        if self.calls == self.nth or (self.onwards and 0 < self.nth <= self.calls):
            raise OSError(f"call {self.calls} failed, as it was told to")
