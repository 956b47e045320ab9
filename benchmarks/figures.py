"""What was measured, held against what is wanted: as JSON and as a table."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """A measured value and the most that it should be, if anything; `cpu_seconds` is what a process spent.

    What has no goal is told as it was measured.
    """

    name: str
    database: str
    value: float
    unit: str
    goal: float | None
    cpu_seconds: float | None = None

    @property
    def met(self) -> bool:
        """Whether the goal is met, if there is one."""
        return self.goal is None or self.value <= self.goal


def as_json(figures: Iterable[Figure]) -> str:
    """The figures as the documented JSON."""
    rows = [asdict(figure) | {"met": figure.met} for figure in figures]
    return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"


def as_table(figures: Sequence[Figure]) -> str:
    """The figures as aligned text, the missed goals marked, and a closing line that counts them."""
    header = ("measured", "database", "value", "goal", "unit", "CPU s", "")
    rows = [header, *(_cells(figure) for figure in figures)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(header))]
    lines = ["  ".join(_aligned(row, widths)).rstrip() for row in rows]
    with_goal = [figure for figure in figures if figure.goal is not None]
    met = sum(figure.met for figure in with_goal)
    return "\n".join([lines[0], "-" * len(lines[0]), *lines[1:], "", f"{met} of {len(with_goal)} goals met"])


def _cells(figure: Figure) -> tuple[str, ...]:
    cpu = "" if figure.cpu_seconds is None else f"{figure.cpu_seconds:.2f}"
    goal = "" if figure.goal is None else f"<= {figure.goal:g}"
    mark = "" if figure.goal is None else "ok" if figure.met else "MISSED"
    return figure.name, figure.database, _number(figure.value), goal, figure.unit, cpu, mark


def _number(value: float) -> str:
    return f"{value:.0f}" if float(value).is_integer() else f"{value:.2f}"


def _aligned(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    left = (True, True, False, False, True, False, True)
    return [
        cell.ljust(width) if to_left else cell.rjust(width)
        for cell, width, to_left in zip(row, widths, left, strict=True)
    ]
