"""A long list in pages of fifty."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from grantflow.core.words import _

PER_PAGE = 50


@dataclass(frozen=True)
class Paging:
    """Page `number` (from 1) of a list of `count` rows."""

    number: int
    count: int
    size: int = PER_PAGE

    @classmethod
    def of(cls, asked: str | None, count: int, size: int = PER_PAGE) -> "Paging":
        """The page that was asked for, or the nearest there is."""
        number = int(asked) if asked and asked.isascii() and asked.isdigit() and len(asked) < 9 else 1
        return cls(min(max(1, number), max(1, -(-count // size))), count, size)

    @property
    def last(self) -> int:
        """The number of the last page."""
        return max(1, -(-self.count // self.size))

    @property
    def offset(self) -> int:
        """How many rows stand before this page."""
        return (self.number - 1) * self.size

    @property
    def summary(self) -> str:
        """What the page shows of the whole, in words."""
        first, end = self.offset + 1, min(self.count, self.offset + self.size)
        return _("%(count)s件中 %(first)s～%(end)s件目", count=self.count, first=first, end=end)

    def links(self, url: Callable[[int], str]) -> dict[str, Any]:
        """What the pagination component is given: the pages around this one, the first and the last."""
        near = {1, self.last, *range(self.number - 2, self.number + 3)}
        pages: list[dict[str, Any] | None] = []
        for number in sorted(each for each in near if 1 <= each <= self.last):
            shown = pages[-1]["number"] if pages and pages[-1] else 0
            if pages and number > shown + 1:
                pages.append(None)
            pages.append({"number": number, "url": url(number), "current": number == self.number})
        return {
            "pages": pages,
            "previous": url(self.number - 1) if self.number > 1 else None,
            "next": url(self.number + 1) if self.number < self.last else None,
            "summary": self.summary,
        }
