"""The committee of the sample call: its members seated, two of them scoring on the web as they would."""

from collections.abc import Callable, Mapping, Sequence

from grantflow.accounts.models import User
from grantflow.applications.models import Application
from grantflow.calls.models import Call
from grantflow.core.authorization import Actor
from grantflow.demo.scores import ScoreRow
from grantflow.review import panel, scoring
from grantflow.review import queries as reviews
from grantflow.review.models import ScoreKind
from grantflow.review.scoring import Answer

#: How many members fill in their sheets on the web; what the others wrote comes as a file.
BY_HAND = 2

COMMENT = "当日の人の動きが具体的に書かれていて、無理がない。"


def seat(call: Call, users: Sequence[User], *, by: Actor) -> None:
    """Take the members into the committee and confirm it."""
    for user in users:
        panel.seat(call, user, by=by)
    panel.move("confirm", call, by=by)


def score_by_hand(
    rows: Sequence[ScoreRow], proposals: Mapping[str, Application], officer: Actor, actor_of: Callable[[str], Actor]
) -> int:
    """Give out, open, fill in and file the sheets that `rows` make up; returns how many there are."""
    sheets: dict[tuple[str, str], dict[str, int]] = {}
    for number, reviewer, criterion, score in rows:
        sheets.setdefault((reviewer, number), {})[criterion] = score
    call = next(iter(proposals.values())).call
    for member in (row for row in reviews.reviewers(call) if row.label in {email for email, _number in sheets}):
        theirs = [proposals[number] for email, number in sheets if email == member.label]
        panel.assign_applications(member, theirs, theirs, by=officer)
        for application in theirs:
            _score(application, member.label, sheets[member.label, str(application.number)], actor_of(member.label))
    return len(sheets)


def _score(application: Application, label: str, grades: Mapping[str, int], by: Actor) -> None:
    member = next(row for row in reviews.reviewers(application.call) if row.label == label)
    sheet = reviews.assignment(application, member)
    assert sheet is not None
    scoring.accept(sheet, by=by)
    first = next(iter(grades))
    given = {key: Answer(ScoreKind.GRADED, grade, COMMENT if key == first else "") for key, grade in grades.items()}
    scoring.save(sheet, given, str(sheet.version), by=by)
    scoring.file(sheet, by=by)
