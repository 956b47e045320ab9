"""Where a proposal stands, as its group is told: the steps, which one it is at, what comes next and when.

Nothing here looks at a decision before its result is published: whatever the committee decided, and whether it did,
the group reads the same words.
"""

from dataclasses import dataclass

from grantflow.applications.models import Application, ApplicationStatus
from grantflow.calls.definition import Definition
from grantflow.calls.models import CallStatus
from grantflow.core.dates import Due, moment_text
from grantflow.core.words import _

STATUS = ApplicationStatus

#: Before the committee has it.
BEFORE_REVIEW = frozenset({STATUS.SUBMITTED, STATUS.RETURNED})


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a proposal: its words, whether it is done, current or ahead, and when in words."""

    label: str
    state: str
    when: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """The steps in their order, and a sentence that says what comes next; no steps once it is out of the review."""

    steps: tuple[Step, ...]
    next: str


def standing(application: Application, says: Definition) -> Standing | None:
    """Where the proposal stands; None for one that was not received."""
    if application.number is None or application.status is STATUS.DRAFT:
        return None
    if application.status is STATUS.WITHDRAWN:
        return Standing((), _("この応募は取り下げられました。審査はしません。"))
    if application.status is STATUS.INELIGIBLE:
        return Standing(
            (), _("この応募は審査の対象になりませんでした。分からないことは、事務局に問い合わせてください。")
        )
    done = _steps_done(application)
    labels = (
        (_("受付"), moment_text(application.received_at) if application.received_at else ""),
        (_("形式審査"), _("%(at)sの締切のあと", at=moment_text(application.deadline))),
        (_("審査委員会の審査"), _("形式審査のあと")),
        (_("結果の公表"), _result_due(says)),
    )
    steps = tuple(
        Step(
            label,
            "done" if place < done else "current" if place == done else "ahead",
            when if place in (0, done) or place > done else "",
        )
        for place, (label, when) in enumerate(labels)
    )
    return Standing(steps, _next(application))


def _steps_done(application: Application) -> int:
    if application.call.status is not CallStatus.PUBLISHED:
        return 4
    return 1 if application.status in BEFORE_REVIEW else 2


def _next(application: Application) -> str:
    if application.call.status is not CallStatus.PUBLISHED:
        return _("結果を公表しました。公募のページから、採択団体一覧をご覧ください。")
    if application.status is STATUS.RETURNED:
        return _("次は、団体が差し戻されたところを直して、もう一度提出します。")
    if application.status is STATUS.SUBMITTED:
        return _("次は、締切のあとに、事務局が書類の形式を確かめます。足りないところがあれば、メールで知らせます。")
    return _(
        "次は、審査委員会が審査し、採否を決めます。結果はすべての団体に同じときに知らせます。それまで、することはありません。"
    )


def _result_due(says: Definition) -> str:
    """Until when the result is out, as far as the call says it: before the contracts are made."""
    month = says.schedule.contract_month
    return _("契約の締結（%(month)sの予定）より前", month=Due.parse(month).text()) if month else _("時期は未定")
