"""How a rule says no, and what stays of the attempt."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from grantflow.core.authorization import Actor


@dataclass(frozen=True, slots=True)
class Attempted:
    """An act that was refused: who tried, on which page, when the request was whole, how many bytes it had.

    `queued_ms`: how many milliseconds it had waited in the web server before us; None where nobody measured.
    """

    by: Actor
    act: str
    at: dt.datetime
    size: int
    queued_ms: float | None = None


class Refused(Exception):
    """What was asked is not possible now; the message is a sentence for the user that ends with what to do.

    `leaves` writes down what must stay of the attempt and answers with one more sentence for the user: it is called
    in a transaction of its own, once everything that was refused is undone.
    """

    def __init__(self, sentence: object = "", *, leaves: Callable[[Attempted], str] | None = None) -> None:
        super().__init__(sentence)
        self.leaves = leaves


class Unavailable(Refused):
    """Nothing is wrong with what was asked, and something that it needs does not do its part just now (503)."""
