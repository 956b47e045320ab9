"""The pages on which a call words its mails."""

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from grantflow.calls import letters
from grantflow.calls.letter_forms import LetterForm
from grantflow.calls.models import Call
from grantflow.core.web import Page, actor, attempt, page, say, subject
from grantflow.core.words import _
from grantflow.mail import letters as usual_letters
from grantflow.mail.catalogue import OF_CALLS, Template
from grantflow.mail.letters import Letter
from grantflow.permissions import Permission

bp = Blueprint("letters", __name__)

CONFLICT = 409


@bp.get("/calls/<slug>/letters")
@subject(Call, Permission.MAIL_MANAGE, key="slug")
def index(call: Call) -> Page:
    """Every mail that the call sends, and whether it has words of its own."""
    own = {row.template: row for row in letters.all_own(call)}
    return page("calls/letters.html", call=call, rows=[(template, own.get(template.key)) for template in OF_CALLS])


@bp.route("/calls/<slug>/letters/<key>", methods=["GET", "POST"])
@subject(Call, Permission.MAIL_MANAGE, key="slug")
def edit(call: Call, key: str) -> Page | ResponseReturnValue:
    """The words of one mail, with a specimen beside them; a specimen of what was typed is made without keeping it."""
    template = next((each for each in OF_CALLS if each.key == key), None) or abort(404)
    if request.method == "GET":
        return _filled(call, template)
    letters.hold(call)
    stored = letters.words(call, template)
    form = LetterForm(template)
    if not form.validate() or "specimen" in request.form:
        return _edit(call, template, form)
    if form.version.data != letters.fingerprint(stored):
        form.version.data = letters.fingerprint(stored)
        return _edit(call, template, form, _side_by_side(form, stored)).with_status(CONFLICT)
    if not attempt(form, lambda: letters.save(call, template, form.letter, by=actor())):
        return _edit(call, template, form)
    say(_("「%(mail)s」の文面を保存しました。これから送るメールに使います。", mail=template.label))
    return redirect(url_for(".index", slug=call.slug))


def _filled(call: Call, template: Template) -> Page:
    """The form with the call's words, or, when asked for, with the usual ones, which are not kept yet."""
    stored = letters.words(call, template)
    shown = usual_letters.usual(template) if request.args.get("words") == "usual" else stored
    data = {**shown._asdict(), "version": letters.fingerprint(stored)}
    return _edit(call, template, LetterForm(template, formdata=None, data=data))


def _edit(call: Call, template: Template, form: LetterForm, lines: list[dict[str, str]] | None = None) -> Page:
    typed = form.letter
    return page(
        "calls/letter.html",
        call=call,
        letter=template,
        form=form,
        own=letters.own(call, template),
        lines=lines or [],
        specimen=None if form.errors else usual_letters.sample(template, typed),
        is_usual=typed == usual_letters.usual(template),
        is_stored=typed == letters.words(call, template),
    )


def _side_by_side(form: LetterForm, stored: Letter) -> list[dict[str, str]]:
    labels = (form.subject.label.text, form.body.label.text)
    return [
        {"label": str(label), "stored": one, "typed": other}
        for label, one, other in zip(labels, stored, form.letter, strict=True)
    ]
