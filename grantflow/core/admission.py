"""How many requests are worked on at once in this process: the others wait for a place, and no more than can be served.

Threads are cheap to wait in and dear to work in: all work shares one processor and, in an embedded database, one
writer. So there are many threads and few places. A request that finds the waiting room full is told so at once.
"""

import threading
from collections import deque

#: Places in which work is done. More than one, since work also waits for the disk and for the database.
AT_ONCE = 4
#: So many wait to hand something in, and so many for anything else; and for so long.
URGENT_WAIT, OTHERS_WAIT = 16, 12
LONGEST_SECONDS = 6.0
#: Of so many places that become free one goes to the others, while something urgent waits as well.
ONE_IN = 4
#: So many threads a server process needs: for every place, for all who wait, and for telling others to come again.
THREADS = AT_ONCE + URGENT_WAIT + OTHERS_WAIT + 8


class Admission:
    """The places of one process, given out in the order of arrival, to what is urgent before the rest."""

    def __init__(self, at_once: int = AT_ONCE, urgent: int = URGENT_WAIT, others: int = OTHERS_WAIT) -> None:
        self._lock = threading.Lock()
        self._free = at_once
        self._rooms = {True: urgent, False: others}
        self._waiting: dict[bool, deque[threading.Event]] = {True: deque(), False: deque()}
        self._given = 0

    def enter(self, *, urgent: bool, seconds: float = LONGEST_SECONDS) -> bool:
        """Whether a place was had, at once or within so many seconds; whoever had one must `leave` it."""
        turn = threading.Event()
        with self._lock:
            if self._free:
                self._free -= 1
                return True
            if len(self._waiting[urgent]) >= self._rooms[urgent]:
                return False
            self._waiting[urgent].append(turn)
        if turn.wait(seconds):
            return True
        with self._lock:
            if turn.is_set():
                return True
            self._waiting[urgent].remove(turn)
            return False

    def leave(self) -> None:
        """Give the place to whoever is next."""
        with self._lock:
            self._given += 1
            urgent_first = self._given % ONE_IN != 0
            for urgent in (urgent_first, not urgent_first):
                if self._waiting[urgent]:
                    self._waiting[urgent].popleft().set()
                    return
            self._free += 1
