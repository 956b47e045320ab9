"""What the first screening tells a group by mail: what to mend and until when, and whether it is reviewed (R3.8)."""

from collections.abc import Mapping

from grantflow.applications import receipts, submissions
from grantflow.applications.models import Application
from grantflow.applications.screening_models import Correction
from grantflow.calls.mailing import send
from grantflow.core.authorization import Actor
from grantflow.core.dates import moment_text
from grantflow.core.words import SOURCE, _, speaking


def _values(application: Application) -> dict[str, str]:
    return {
        "organization": application.organization_name,
        "number": application.number or "",
        "title": application.title,
    }


def _tell(key: str, application: Application, by: Actor, values: Mapping[str, str]) -> None:
    for to in receipts.addresses(application, submissions.last(application), by):
        send(key, to, application.call, **_values(application), **values)


def is_told(application: Application, by: Actor) -> bool:
    """Whether anybody would get what is mailed about the proposal."""
    return bool(receipts.addresses(application, submissions.last(application), by))


def tell_correction(row: Correction, names: Mapping[str, str], *, link: str, by: Actor) -> None:
    """Mail which fields to mend, how, why and until when; `names` are what the fields are called (R3.8)."""
    with speaking(SOURCE):
        values = {
            "reason": row.reason,
            "fields": "\n".join(_line(names.get(name, name), what) for name, what in row.fields.items()),
            "until": _("%(at)s（日本時間）", at=moment_text(row.due_at)),
            "round": str(row.round),
            "address": link,
        }
    _tell("applications.correction", row.application, by, values)


def _line(name: str, what: str) -> str:
    return _("・%(field)s\n　%(what)s", field=name, what=what) if what else _("・%(field)s", field=name)


def tell_extended(row: Correction, *, link: str, by: Actor) -> None:
    """Mail that there is more time to mend, until when, and why."""
    with speaking(SOURCE):
        values = {
            "reason": row.extended_because,
            "until": _("%(at)s（日本時間）", at=moment_text(row.due_at)),
            "address": link,
        }
    _tell("applications.correction_extended", row.application, by, values)


def tell_ineligible(application: Application, reason: str, *, by: Actor) -> None:
    """Mail that the proposal is not reviewed, and why (R3.7)."""
    _tell("applications.ineligible", application, by, {"reason": reason})


def tell_eligible_again(application: Application, reason: str, *, by: Actor) -> None:
    """Mail that a proposal is reviewed after all, and why."""
    _tell("applications.eligible_again", application, by, {"reason": reason})
