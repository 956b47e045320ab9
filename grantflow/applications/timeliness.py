"""Acts of a group that are held against the deadline, what is left of one that came too late, and handing in."""

from collections.abc import Callable

from wtforms import Form

from grantflow.applications import operations
from grantflow.applications.models import Application, ApplicationStatus
from grantflow.applications.rechecking import checked_before
from grantflow.applications.submissions import HELD
from grantflow.applications.workflow import APPLICATION, refuse_closed
from grantflow.core.authorization import permits
from grantflow.core.refusals import Refused
from grantflow.core.web import actor, attempt, received_at, why_refused
from grantflow.core.words import _


def in_time(application: Application, form: Form, act: Callable[[], object]) -> bool:
    """Whether `act` was done; a refusal stands on the form, and what came too late is a ticket, whatever else it lacks.

    An act that is refused for another reason as well is refused as late (R3.6).
    """
    return attempt(form, _in_time(application, act))


def why_not_in_time(application: Application, act: Callable[[], object]) -> str:
    """Why `act` was not done, empty where it was: as `in_time`, for a request that did nothing before."""
    return why_refused(_in_time(application, act))


def _in_time(application: Application, act: Callable[[], object]) -> Callable[[], object]:
    def held_against_the_deadline() -> None:
        refuse_closed(application, received_at())
        act()

    return held_against_the_deadline


def handed_in(
    application: Application, form: Form, *, key: str = "", first: Callable[[], object] | None = None
) -> bool:
    """Whether the proposal was received as it stands, after every file of it was read once more; `first` comes before.

    A refusal stands on the form.
    """
    try:
        checked = checked_before(application, at=received_at(), key=key)
    except Refused as refusal:
        form.form_errors.extend(str(refusal).split("\n"))
        return False

    def received() -> None:
        if first:
            first()
        operations.submit(application, by=actor(), at=received_at(), key=key, checked=checked)

    return attempt(form, received)


def saved_words(application: Application) -> str:
    """What is said after a save: what was written is kept, and nobody else has it yet."""
    if application.status in HELD:
        return _("保存しました。まだ出し直していません。直し終えたら、内容を確かめて出し直してください。")
    return _("下書きを保存しました。まだ提出していません。")


def only_for_confirmers(application: Application) -> str:
    """Why somebody who may write cannot replace what was submitted; empty where they can."""
    if application.status is not ApplicationStatus.SUBMITTED or permits(
        actor(), APPLICATION.transitions["submit"].permission, application
    ):
        return ""
    return _(
        "提出した応募を出し直せるのは、代表者と、代表者から任された人だけです。直すところを代表者に伝えてください。"
    )
