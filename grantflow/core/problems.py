"""What is wrong with a file, line by line, collected so that all of it can be told at once."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum


class Severity(Enum):
    """An error stops a load; a warning is told and the text stays as written."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One sentence about one place of a file; the line or the column is None where it concerns the whole."""

    file: str
    line: int | None
    column: str | None
    sentence: str
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        place = ":".join([self.file, *([str(self.line)] if self.line is not None else [])])
        return ": ".join([place, *([self.column] if self.column else []), self.sentence])


class Problems:
    """The problems of one file, in the order of its lines; the reader begins the collection, the load adds to it."""

    def __init__(self, file: str) -> None:
        self.file = file
        self._found: list[Problem] = []

    def error(self, line: int | None, column: str | None, sentence: str) -> None:
        """Add what must be corrected before anything is loaded."""
        self._found.append(Problem(self.file, line, column, sentence))

    def warning(self, line: int | None, column: str | None, sentence: str) -> None:
        """Add what the user should look at."""
        self._found.append(Problem(self.file, line, column, sentence, Severity.WARNING))

    @property
    def errors(self) -> tuple[Problem, ...]:
        """What must be corrected, by line."""
        return tuple(problem for problem in self if problem.severity is Severity.ERROR)

    @property
    def warnings(self) -> tuple[Problem, ...]:
        """What was accepted and deserves a look, by line."""
        return tuple(problem for problem in self if problem.severity is Severity.WARNING)

    def __iter__(self) -> Iterator[Problem]:
        return iter(sorted(self._found, key=lambda problem: problem.line or 0))

    def __len__(self) -> int:
        return len(self._found)
