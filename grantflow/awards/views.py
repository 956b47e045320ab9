"""The pages of decisions, of the adoption list, and of the public result."""

import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from flask import Blueprint, Response, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from grantflow.accounts.models import Role
from grantflow.applications.models import Application
from grantflow.awards import agreeing, discarding, documents, operations, queries, rendering
from grantflow.awards.board import board, outcome_of
from grantflow.awards.forms import (
    AgreeForm,
    ChangeForm,
    DiscardForm,
    LapseForm,
    LetterForm,
    MoveForm,
    ScheduleForm,
    identity,
    in_words,
    touched,
)
from grantflow.awards.models import AdoptionList, AgreementLetter, ListStatus, Outcome
from grantflow.awards.workflow import LIST, two_persons
from grantflow.calls.exports import exported, told
from grantflow.calls.models import Call, Tier
from grantflow.calls.queries import definition
from grantflow.core.authorization import permits
from grantflow.core.dates import moment_text
from grantflow.core.refusals import Refused
from grantflow.core.web import Page, actor, attempt, download, page, say, subject
from grantflow.core.words import _
from grantflow.files import operations as files
from grantflow.files import queries as stored_files
from grantflow.permissions import Permission
from grantflow.review import queries as reviews
from grantflow.review.ranking import Ranking

bp = Blueprint("awards", __name__)

CONFLICT, UNPROCESSABLE = 409, 422
SCAN = "awards.letter"
EXTENSIONS = ",".join(rendering.FORMATS)


@bp.get("/calls/<slug>/decisions")
@subject(Call, Permission.DECISION_READ, key="slug")
def decisions(call: Call) -> Page:
    """What is decided on each proposal, a tier at a time, by rank where the reader may know it."""
    tier = _tier(call, request.args.get("tier"))
    found = board(call, tier, actor(), request.args.get("page"), _ranking(call))
    return page(
        "awards/decisions.html",
        call=call,
        board=found,
        outcomes=list(Outcome),
        newest=queries.newest(call),
        links=found.paging.links(lambda number: url_for(".decisions", slug=call.slug, tier=tier.key, page=number)),
    )


def _tier(call: Call, key: str | None) -> Tier:
    if key is None:
        return call.tiers[0]
    return next((tier for tier in call.tiers if tier.key == key), None) or abort(404)


def _ranking(call: Call) -> Ranking | None:
    return reviews.ranking(call) if permits(actor(), Permission.RANKING_READ, call) else None


@bp.post("/calls/<slug>/decisions/check")
@subject(Call, Permission.DECISION_MAKE, key="slug")
def check(call: Call) -> Page | ResponseReturnValue:
    """Show what the chosen outcomes would change, in words; nothing is written."""
    chosen = touched(request.form)
    if not chosen:
        say(_("変わる採否はありません。採否を選び直してから「変更を確かめる」を押してください。"), "info")
        return redirect(_back(call))
    known = _seen_applications(call, chosen)
    forms = [
        ChangeForm(known[each], data={"seen": seen or "", "chosen": outcome or ""})
        for each, (seen, outcome) in chosen.items()
    ]
    return _confirm(call, forms)


def _seen_applications(call: Call, ids: Mapping[uuid.UUID, Any]) -> dict[uuid.UUID, Application]:
    """The proposals, all of which the actor may decide on, or a refusal."""
    found = queries.to_decide(actor(), call, list(ids))
    if len(found) < len(ids):
        raise Refused(_("採否を決められない応募が含まれています。画面を開き直して、もう一度選んでください。"))
    return found


def _confirm(call: Call, forms: list[ChangeForm], lines: Sequence[Mapping[str, str]] = ()) -> Page:
    forms.sort(key=lambda form: (form.application.serial, str(form.application.number)))
    shown = page(
        "awards/confirm.html",
        call=call,
        forms=forms,
        labels={"": _("未決定")} | {outcome.value: outcome.label for outcome in Outcome},
        newest=queries.newest(call),
        lines=lines,
        back=_back(call),
    )
    return shown.with_status(UNPROCESSABLE if any(form.errors for form in forms) else 200)


def _back(call: Call) -> str:
    return url_for(
        ".decisions", slug=call.slug, tier=request.args.get("tier") or None, page=request.args.get("page") or None
    )


@bp.post("/calls/<slug>/decisions")
@subject(Call, Permission.DECISION_MAKE, key="slug")
def decide(call: Call) -> Page | ResponseReturnValue:
    """Carry out the changes that were confirmed; refused when somebody decided otherwise in between."""
    ids = dict.fromkeys(identity(typed) for typed in request.form.getlist("id"))
    known = _seen_applications(call, ids)
    forms = [ChangeForm(application, request.form) for application in known.values()]
    # Every form is checked, so that all that is wrong is told at once
    if [form for form in forms if not form.validate()]:
        return _confirm(call, forms)
    late = [form for form in forms if (outcome_of(form.application) or "") != form.seen.data]
    if late:
        return _decided_meanwhile(call, forms, late)
    found = operations.changes({form.application: form.choice for form in forms})
    operations.decide(call, found, by=actor())
    say(_("採否を%(count)s件変えました。", count=len(found)))
    return redirect(_back(call))


def _decided_meanwhile(call: Call, forms: list[ChangeForm], late: list[ChangeForm]) -> Page:
    """What others decided in between beside what was typed; applying once more is deliberate."""
    stored = operations.standing([form.application for form in late])
    lines = [
        {
            "label": str(form.application.number),
            "stored": in_words(stored[form.application.id]),
            "typed": in_words(form.choice),
        }
        for form in late
    ]
    for form in late:
        form.seen.data = outcome_of(form.application) or ""
    return _confirm(call, forms, lines).with_status(CONFLICT)


@bp.route("/calls/<slug>/discard", methods=["GET", "POST"])
@subject(Call, Permission.CALL_DISCARD, key="slug")
def discard(call: Call) -> Page | ResponseReturnValue:
    """What would go with a rehearsal, and the button that discards it."""
    form = DiscardForm()
    if form.validate_on_submit():
        title = call.title
        discarding.discard(call, by=actor())
        say(_("予行「%(title)s」を破棄しました。", title=title))
        return redirect(url_for("home.desk"))
    rows = discarding.counts(call)
    return page(
        "awards/discard.html",
        call=call,
        form=form,
        received=rows.get("applications", 0),
        sheets=rows.get("assignments", 0),
        lists=rows.get("adoption_lists", 0),
        count=sum(rows.values()),
    )


@bp.get("/calls/<slug>/list")
@subject(Call, Permission.LIST_READ, key="slug")
def index(call: Call) -> Page:
    """The adoption list: where it stands, its versions, its moves, what it says."""
    return _index(call)


def _index(call: Call, **forms: Any) -> Page:
    newest = queries.newest(call)
    context: dict[str, Any] = {"newest": newest, "versions": queries.lists(call), "moves": {}, "exceptions": []}
    if newest is not None:
        letter = queries.letter(newest)
        context |= {
            **_content(newest),
            "letter": letter,
            "letter_alone": agreeing.alone(letter, actor()) if letter else "",
            "is_sponsor": _is_sponsor(newest),
            "effects": agreeing.effects(newest) if newest.status is ListStatus.DRAFT else [],
            "changed": documents.has_changed(newest),
            "moves": {move.name: _obstacles(move.name, newest) for move in LIST.available(newest, actor())},
            "exceptions": _exceptions(call),
        }
    context |= {
        "agree_form": AgreeForm(),
        "letter_form": LetterForm(),
        "schedule_form": ScheduleForm(),
        "lapse_form": LapseForm(),
    } | forms
    return page("awards/index.html", call=call, formats=list(rendering.FORMATS), **context)


def _content(adoption_list: AdoptionList) -> dict[str, Any]:
    content = documents.content(adoption_list)
    return {"content": content, "period": documents.period(content)}


def _obstacles(name: str, adoption_list: AdoptionList) -> list[str]:
    alone = two_persons(name, adoption_list, actor()) if name != "lapse" else ""
    return [*LIST.obstacles(name, adoption_list), *([alone] if alone else [])]


def _exceptions(call: Call) -> list[Any]:
    """Where the decisions depart from the order of the scores, once all are made; only for who may read the ranking."""
    ranking = _ranking(call)
    return operations.deviations(call, ranking) if ranking and not queries.undecided(call) else []


@bp.post("/lists/<uuid:id>/freeze")
@subject(AdoptionList, Permission.LIST_FREEZE)
def freeze(adoption_list: AdoptionList) -> Page | ResponseReturnValue:
    """Freeze the list."""

    def move() -> None:
        for warning in operations.freeze(adoption_list, by=actor()):
            say(warning, "warning")
        say(_("一覧を確定しました。合意を得る相手に、この一覧を確かめてもらってください。"))

    return _moved(adoption_list, "freeze_form", MoveForm(), move)


@bp.post("/lists/<uuid:id>/agree")
@subject(AdoptionList, Permission.LIST_AGREE)
def agree(adoption_list: AdoptionList) -> Page | ResponseReturnValue:
    """The sponsor agrees; anybody else records its letter, which a second person confirms."""
    if not _is_sponsor(adoption_list):
        return _record_letter(adoption_list)
    form = AgreeForm()

    def move() -> None:
        operations.agree(adoption_list, *form.letter, by=actor())
        say(_("一覧への合意を記録しました。"))

    return _moved(adoption_list, "agree_form", form, move)


def _is_sponsor(adoption_list: AdoptionList) -> bool:
    return actor().has(Role.SPONSOR, adoption_list.call_id)


def _record_letter(adoption_list: AdoptionList) -> Page | ResponseReturnValue:
    form = LetterForm()

    def move() -> None:
        file = files.keep(
            form.content,
            form.scan.data.filename or "letter",
            form.media_type,
            SCAN,
            by=actor(),
            belongs_to=adoption_list.id,
        )
        agreeing.record_letter(adoption_list, *form.letter, by=actor(), file_id=file.id)
        say(_("合意の文書を記録しました。別の人が写しと見比べて確かめると、合意したことになります。"))

    return _moved(adoption_list, "letter_form", form, move)


@bp.get("/lists/<uuid:id>/letter")
@subject(AdoptionList, Permission.LIST_READ)
def letter(adoption_list: AdoptionList) -> Response:
    """The scan of the sponsor's letter."""
    found = _letter(adoption_list)
    file = stored_files.stored_file(found.file_id, SCAN, adoption_list.id) if found.file_id else None
    if file is None:
        abort(404)
    return download(stored_files.content(file), file.name, file.media_type)


def _letter(adoption_list: AdoptionList) -> AgreementLetter:
    return queries.letter(adoption_list) or abort(404)


@bp.post("/lists/<uuid:id>/letter/<any(confirm, drop):step>")
@subject(AdoptionList, Permission.LIST_AGREE)
def letter_step(adoption_list: AdoptionList, step: str) -> Page | ResponseReturnValue:
    """Confirm the letter that another person recorded, or take it back."""
    found = _letter(adoption_list)

    def move() -> None:
        if step == "confirm":
            agreeing.confirm_letter(found, by=actor())
            say(_("合意の文書を確かめました。一覧は合意済みです。"))
        else:
            agreeing.drop_letter(found, by=actor())
            say(_("合意の文書の記録を取り消しました。"))

    return _moved(adoption_list, "confirm_form", MoveForm(), move)


@bp.post("/lists/<uuid:id>/schedule")
@subject(AdoptionList, Permission.LIST_PUBLISH)
def schedule(adoption_list: AdoptionList) -> Page | ResponseReturnValue:
    """Set the time at which the list is published by itself."""
    form = ScheduleForm()

    def move() -> None:
        agreeing.schedule(adoption_list, form.at, by=actor())
        say(_("%(at)sに公表します。それまでは取り消せます。", at=moment_text(form.at)))

    return _moved(adoption_list, "schedule_form", form, move)


@bp.post("/lists/<uuid:id>/schedule/cancel")
@subject(AdoptionList, Permission.LIST_PUBLISH)
def cancel_schedule(adoption_list: AdoptionList) -> Page | ResponseReturnValue:
    """Take the time of publication back."""

    def move() -> None:
        agreeing.cancel_schedule(adoption_list, by=actor())
        say(_("公表の時刻を取り消しました。"))

    return _moved(adoption_list, "cancel_form", MoveForm(), move)


@bp.post("/lists/<uuid:id>/publish")
@subject(AdoptionList, Permission.LIST_PUBLISH)
def publish(adoption_list: AdoptionList) -> Page | ResponseReturnValue:
    """Publish the list."""

    def move() -> None:
        operations.publish(adoption_list, by=actor())
        say(_("一覧を公表しました。だれでも見られます。"))

    return _moved(adoption_list, "publish_form", MoveForm(), move)


@bp.post("/lists/<uuid:id>/lapse")
@subject(AdoptionList, Permission.LIST_FREEZE)
def lapse(adoption_list: AdoptionList) -> Page | ResponseReturnValue:
    """Take a frozen list back to a draft."""
    form = LapseForm()

    def move() -> None:
        operations.lapse(adoption_list, form.lapse_reason.data or "", by=actor())
        say(_("一覧を案に戻しました。確定と合意は取り消しました。"))

    return _moved(adoption_list, "lapse_form", form, move)


def _moved(adoption_list: AdoptionList, name: str, form: Any, move: Callable[[], None]) -> Page | ResponseReturnValue:
    if form.validate_on_submit() and attempt(form, move):
        return redirect(url_for(".index", slug=adoption_list.call.slug))
    return _index(adoption_list.call, **{name: form})


@bp.get(f"/lists/<uuid:id>.<any({EXTENSIONS}):extension>")
@subject(AdoptionList, Permission.LIST_READ)
def file(adoption_list: AdoptionList, extension: str) -> Response:
    """A version of the list as a file; one that is not public bears the mark 案."""
    content, name, media_type = _file(adoption_list, extension)
    return exported(adoption_list, content, name, media_type, rows=_rows(adoption_list))


def _file(adoption_list: AdoptionList, extension: str) -> tuple[bytes, str, str]:
    name = f"{adoption_list.call.file_stem}-adoption-list-{adoption_list.number}.{extension}"
    return rendering.file(adoption_list, extension), name, rendering.FORMATS[extension]


def _rows(adoption_list: AdoptionList) -> int:
    return sum(len(tier["entries"]) for tier in documents.content(adoption_list)["tiers"])


@bp.get("/calls/<slug>/result")
@subject(Call, Permission.RESULT_READ, key="slug")
def result(call: Call) -> Page:
    """The public result: how many applied and were adopted, and who was adopted (R7.3)."""
    published = queries.published(call) or abort(404)
    return page(
        "awards/result.html",
        call=call,
        published=published,
        **_content(published),
        definition=definition(call),
        formats=list(rendering.FORMATS),
    )


@bp.get(f"/calls/<slug>/result.<any({EXTENSIONS}):extension>")
@subject(Call, Permission.RESULT_READ, key="slug")
def result_file(call: Call, extension: str) -> Response:
    """The public result as a file."""
    published = queries.published(call) or abort(404)
    content, name, media_type = _file(published, extension)
    return told(download(content, name, media_type), content, _rows(published))
