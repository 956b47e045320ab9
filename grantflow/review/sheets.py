"""One reviewer's sheet in a reader's words: the grades by criterion, and their weighted mean."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from grantflow.calls.models import Criterion
from grantflow.review.models import Assignment, AssignmentStatus, Reviewer, Score, ScoreKind
from grantflow.review.spelling import rounded_mean

#: The lines with which a sheet has no mean.
OPEN_ENDED = (ScoreKind.MISSING, ScoreKind.ABSTAINED)


@dataclass(frozen=True, slots=True)
class FilledSheet:
    """A sheet with its lines by criterion; the mean is empty while one is missing or abstained from (R4.5)."""

    assignment: Assignment
    reviewer: str
    scores: Mapping[uuid.UUID, Score]
    mean: str

    @property
    def answered(self) -> int:
        """On how many lines there is a grade or a reason for none."""
        return sum(score.kind is not ScoreKind.MISSING for score in self.scores.values())

    @property
    def is_struck(self) -> bool:
        """Whether its grades are kept and not counted (R4.2)."""
        return self.assignment.status is AssignmentStatus.RECUSED


def filled(
    assignments: Sequence[Assignment],
    criteria: Sequence[Criterion],
    scores: Mapping[tuple[uuid.UUID, uuid.UUID], Score],
) -> list[FilledSheet]:
    """Each of `assignments` with what it holds, in their order."""
    found = []
    for assignment in assignments:
        held = {each.id: scores[assignment.id, each.id] for each in criteria if (assignment.id, each.id) in scores}
        found.append(FilledSheet(assignment, name_of(assignment.reviewer), held, _mean(held, criteria)))
    return found


def name_of(reviewer: Reviewer) -> str:
    """What people call the reviewer: the name of their account, else the label."""
    return reviewer.user.name if reviewer.user else reviewer.label


def _mean(held: Mapping[uuid.UUID, Score], criteria: Sequence[Criterion]) -> str:
    if len(held) < len(criteria) or any(score.kind in OPEN_ENDED for score in held.values()):
        return ""
    graded = [(each.weight, value) for each in criteria if (value := held[each.id].value) is not None]
    if not graded:
        return ""
    return rounded_mean(Fraction(sum(weight * value for weight, value in graded), sum(weight for weight, _v in graded)))
