"""The officers of a group (役員名簿) as they are typed, and as they are sealed (R3.3)."""

import calendar
import datetime as dt
import json
import uuid
from collections.abc import Sequence
from typing import NamedTuple

from grantflow.core.refusals import Refused
from grantflow.core.sealing import sealing
from grantflow.core.words import Labelled, lazy


class Sex(Labelled):
    """性別, as the list for the police asks for it."""

    WOMAN = "woman", lazy("女")
    MAN = "man", lazy("男")
    OTHER = "other", lazy("その他・答えない")


class Officer(NamedTuple):
    """One officer; in a draft each text may be empty. `born` is an ISO date, `sex` a value of `Sex`."""

    name: str = ""
    kana: str = ""
    born: str = ""
    sex: str = ""
    post: str = ""

    @property
    def is_whole(self) -> bool:
        """Whether everything that is asked was answered."""
        return all(self)


def sealed(application_id: uuid.UUID, officers: Sequence[Officer]) -> str:
    """The officers sealed for their proposal: the text opens for no other one."""
    return sealing.seal(json.dumps([one._asdict() for one in officers], ensure_ascii=False), _purpose(application_id))


def opened(application_id: uuid.UUID, text: str) -> tuple[Officer, ...]:
    """The officers in a sealed text, none in an empty one; `Refused` where the server's secret is another one."""
    if not text:
        return ()
    return tuple(Officer(**one) for one in json.loads(sealing.open(text, _purpose(application_id))))


def unfinished(application_id: uuid.UUID, text: str) -> int:
    """How many officers lack something; none where the text cannot be opened, since nobody can mend it then."""
    try:
        return sum(not one.is_whole for one in opened(application_id, text))
    except Refused:
        return 0


def purge_date(closes: dt.date, years: int) -> dt.date:
    """The day on which the list is purged: so many years after the call closed (R3.3)."""
    last = calendar.monthrange(closes.year + years, closes.month)[1]
    return closes.replace(year=closes.year + years, day=min(closes.day, last))


def _purpose(application_id: uuid.UUID) -> str:
    return f"officers of {application_id}"
