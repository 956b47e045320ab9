"""What became of every mail: of a call's for its secretariat, of all others for administrators."""

import uuid
from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from grantflow.accounts.models import User
from grantflow.audit import trail
from grantflow.calls.models import Call
from grantflow.core.authorization import Actor
from grantflow.core.db import db
from grantflow.core.paging import Paging
from grantflow.core.web import Page, actor, page, remember, say, subject
from grantflow.core.words import Lazy, lazy
from grantflow.mail import operations, queries
from grantflow.mail.catalogue import label_of
from grantflow.mail.failures import meaning
from grantflow.mail.models import Mail, MailState
from grantflow.permissions import Permission

bp = Blueprint("deliveries", __name__)

#: The mails that are about no call.
NO_CALL = ""
#: What may be done to a mail that could not be sent, and what is said when it was done.
ACTS: dict[str, tuple[Callable[..., None], Lazy]] = {
    "again": (operations.send_again, lazy("もう一度送ります。結果は、少しあとにこの画面に出ます。")),
    "aside": (operations.set_aside, lazy("ほかの方法で知らせたことを記録しました。このメールは、もう送りません。")),
}
NAMES = ", ".join(repr(name) for name in ACTS)


@bp.get("/calls/<slug>/mail")
@subject(Call, Permission.MAIL_MANAGE, key="slug")
def index(call: Call) -> Page:
    """The mails about the call and what became of each; that addresses were read is remembered."""
    return _index(call, lambda rows: trail.record("calls.read_mail", call, by=actor(), rows=rows))


@bp.get("/calls/<slug>/mail/<uuid:mail>")
@subject(Call, Permission.MAIL_MANAGE, key="slug")
def show(call: Call, mail: uuid.UUID) -> Page:
    """One mail about the call."""
    return _show(_of(call, mail), call)


@bp.post(f"/calls/<slug>/mail/<uuid:mail>/<any({NAMES}):act>")
@subject(Call, Permission.MAIL_MANAGE, key="slug")
def act(call: Call, mail: uuid.UUID, act: str) -> ResponseReturnValue:
    """Send a mail again that could not be sent, or stop minding it."""
    _act(_of(call, mail), act)
    return redirect(url_for(".show", slug=call.slug, mail=mail))


@bp.get("/desk/mail")
@subject(None, Permission.MAIL_ADMINISTER)
def others() -> Page:
    """The mails that are about no call, digests among them."""
    return _index(None, _note_reading)


@bp.get("/desk/mail/<uuid:id>")
@subject(Mail, Permission.MAIL_ADMINISTER)
def show_other(mail: Mail) -> Page:
    """One mail, whatever it is about."""
    return _show(mail, None)


@bp.post(f"/desk/mail/<uuid:id>/<any({NAMES}):act>")
@subject(Mail, Permission.MAIL_ADMINISTER)
def act_on_other(mail: Mail, act: str) -> ResponseReturnValue:
    """Send any mail again that could not be sent, or stop minding it."""
    _act(mail, act)
    return redirect(url_for(".show_other", id=mail.id))


def _of(call: Call, id: uuid.UUID) -> Mail:
    found = db.session.get(Mail, id)
    if found is None or found.call_slug != call.slug:
        abort(404)
    return found


def _act(mail: Mail, name: str) -> None:
    do, done = ACTS[name]
    do(mail, by=actor())
    say(str(done))


def _index(call: Call | None, note: Callable[[int], None]) -> Page:
    slug = call.slug if call else NO_CALL
    asked = request.args.get("state", "")
    state = MailState(asked) if asked in set(MailState) else None
    text = request.args.get("q", "").strip()[:100]
    paging = Paging.of(request.args.get("page"), queries.count_deliveries(slug, state, text))
    rows = queries.deliveries(slug, state, text, offset=paging.offset, limit=paging.size)
    remember(lambda: note(len(rows)))
    return page(
        "calls/deliveries.html",
        call=call,
        rows=rows,
        state=state,
        text=text,
        states=[(each.value, each.label) for each in MailState],
        paging=paging,
        links=paging.links(lambda number: _here(call, q=text or None, state=state, page=number)),
        here=lambda **more: _here(call, **more),
        one=lambda mail: _one(call, mail),
        label_of=label_of,
        failed=queries.count_deliveries(slug, MailState.FAILED),
        total=queries.count_deliveries(slug),
    )


def _show(mail: Mail, call: Call | None) -> Page:
    remember(lambda: trail.record("mails.read", mail, by=actor(), template=mail.template))
    found = queries.delivery(mail)
    return page(
        "calls/delivery.html",
        call=call,
        each=found,
        label=label_of(mail.template),
        meaning=meaning(found.travelling.last_error),
        here=_here(call),
        acts=lambda name: _act_url(call, mail, name),
        is_forgotten=mail.carries_key and not mail.body,
    )


def _here(call: Call | None, **more: Any) -> str:
    return url_for(".index", slug=call.slug, **more) if call else url_for(".others", **more)


def _one(call: Call | None, mail: Mail) -> str:
    return url_for(".show", slug=call.slug, mail=mail.id) if call else url_for(".show_other", id=mail.id)


def _act_url(call: Call | None, mail: Mail, name: str) -> str:
    if call:
        return url_for(".act", slug=call.slug, mail=mail.id, act=name)
    return url_for(".act_on_other", id=mail.id, act=name)


def _note_reading(count: int) -> None:
    """The event stands with the reader's own account: a list has no row of its own."""
    who: Actor = actor()
    trail.record("mails.list", db.session.get_one(User, who.id), by=who, rows=count)
