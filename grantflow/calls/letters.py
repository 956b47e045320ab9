"""The words of a call's mails: the usual ones, or its own."""

import hashlib
from collections.abc import Sequence

from sqlalchemy import select

from grantflow.audit import trail
from grantflow.calls.models import Call, CallLetter
from grantflow.core import clock
from grantflow.core.authorization import Actor, authorize
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.mail import letters
from grantflow.mail.catalogue import TEMPLATES, Template
from grantflow.mail.letters import Letter, Value
from grantflow.permissions import Permission


def letter(call: Call | None, key: str, /, **values: Value) -> Letter:
    """The letter of the template `key` as `call` words it, with `values` in its places; without a call the usual one.

    A `TypeError` for values that are not those of its places.
    """
    template = TEMPLATES[key]
    return letters.filled(template, words(call, template), values)


def words(call: Call | None, template: Template) -> Letter:
    """How the call words the letter, its places open."""
    row = own(call, template) if call and template.of_call else None
    return Letter(row.subject, row.body) if row else letters.usual(template)


def own(call: Call, template: Template) -> CallLetter | None:
    """The call's own words of the letter; None while it has the usual ones."""
    found = select(CallLetter).where(CallLetter.call_id == call.id, CallLetter.template == template.key)
    return db.session.scalar(found)


def all_own(call: Call) -> Sequence[CallLetter]:
    """Every letter that the call words in its own way."""
    return db.session.scalars(select(CallLetter).where(CallLetter.call_id == call.id)).all()


def fingerprint(found: Letter) -> str:
    """What tells one wording from every other, also after it was changed and changed back."""
    return hashlib.sha256("\n".join(found).encode()).hexdigest()


def hold(call: Call) -> None:
    """Keep others from changing the words of the call's letters until the commit."""
    db.session.execute(select(Call.id).where(Call.id == call.id).with_for_update())


def save(call: Call, template: Template, found: Letter, *, by: Actor) -> None:
    """Word the letter of the call so from now on; what was queued before stays as it is.

    With the usual words the call has none of its own any more. Refused for a place that there is not or that is not
    closed, and for words without a place they need.
    """
    authorize(by, Permission.MAIL_MANAGE, call)
    _refuse_unsound(template, found)
    before = words(call, template)
    if found == before:
        return
    row = own(call, template)
    if found == letters.usual(template):
        db.session.delete(row)
    else:
        if row is None:
            row = CallLetter(call_id=call.id, template=template.key)
            db.session.add(row)
        row.subject, row.body = found
        row.changed_at, row.changed_by = clock.now(), by.name
    told = {"before": before._asdict(), "after": found._asdict()}
    trail.record("calls.word_letter", call, by=by, template=template.key, **told)


def copy(source: Call, call: Call, *, by: Actor) -> None:
    """Word the letters of a new call as those of the call that it was copied from.

    Left out are letters that are no longer sent, and words in which a place is missing or unknown by now.
    """
    authorize(by, Permission.MAIL_MANAGE, call)
    copied = []
    for row in all_own(source):
        template, found = TEMPLATES.get(row.template), Letter(row.subject, row.body)
        if template is None or not template.of_call or _unsound(template, found):
            continue
        values = {"subject": row.subject, "body": row.body, "changed_at": clock.now(), "changed_by": by.name}
        db.session.add(CallLetter(call_id=call.id, template=row.template, **values))
        copied.append(row.template)
    if copied:
        trail.record("calls.copy_letters", call, by=by, source=source.slug, templates=sorted(copied))


def _refuse_unsound(template: Template, found: Letter) -> None:
    if wrong := _unsound(template, found):
        raise Refused(" ".join(wrong))


def _unsound(template: Template, found: Letter) -> list[str]:
    wrong = [*letters.problems(template, found.subject), *letters.problems(template, found.body)]
    return [*wrong, *letters.missing(template, found)]
