"""Pages of applications: the list of a call, one proposal, and its moves."""

import uuid
from typing import Any

from flask import Blueprint, Response, redirect, request, url_for
from flask.typing import ResponseReturnValue

from grantflow.accounts import queries as accounts
from grantflow.accounts.group_queries import members
from grantflow.accounts.models import CONFIRMERS, MEMBER, WRITER, MemberRole, Organization
from grantflow.applications import (
    completeness,
    corrections,
    deadlines,
    dossier_archive,
    operations,
    queries,
    receipts,
    submissions,
)
from grantflow.applications.documents import sheet_of
from grantflow.applications.forms import (
    CONSEQUENCES,
    CONSEQUENCES_FOR_THE_GROUP,
    FirstStartForm,
    ListQuery,
    MoveForm,
    StartForm,
    SubmitForm,
)
from grantflow.applications.models import Application, ApplicationStatus
from grantflow.applications.proxied import proxied_among
from grantflow.applications.queries import Sort
from grantflow.applications.standing import standing
from grantflow.applications.timeliness import handed_in
from grantflow.applications.workflow import APPLICATION, IN_THEIR_HANDS, closed_to_its_group, not_to_withdraw
from grantflow.audit import trail
from grantflow.calls.exports import exported
from grantflow.calls.models import Call, Tier
from grantflow.calls.queries import definition
from grantflow.core import clock
from grantflow.core.authorization import authorize, permits
from grantflow.core.web import Page, actor, attempt, page, received_at, remember, say, subject
from grantflow.core.words import _
from grantflow.documents.writing import Form, write
from grantflow.permissions import Permission
from grantflow.workflow import Transition

bp = Blueprint("applications", __name__)


@bp.get("/calls/<slug>/applications")
@subject(Call, Permission.APPLICATION_LIST, key="slug")
def index(call: Call) -> Page:
    """The proposals of a call: searched, narrowed, sorted, in pages."""
    query, counts = _query(call), queries.counts(call, actor())
    rows, paging = queries.page_of(
        call, actor(), query.filters, query.sort, falling=query.falling, page=query.page, among=counts
    )
    return page(
        "applications/index.html",
        call=call,
        rows=rows,
        counts=counts,
        undecided=counts.of(None, ApplicationStatus.ELIGIBLE),
        query=query,
        chips=_chips(call, query),
        sort_urls={sort.value: _url(call, query.arguments | {"sort": query.order_by(sort)}) for sort in Sort},
        orders={sort.value: query.sorted_by(sort) for sort in Sort},
        tier_choices=[(tier.key, tier.name) for tier in call.tiers],
        states=list(ApplicationStatus),
        status_choices=[(state.value, state.label) for state in ApplicationStatus if state is not APPLICATION.start],
        links=paging.links(lambda number: _url(call, query.arguments | {"page": str(number)})),
        paging=paging,
        papers=dossier_archive.asked_last(call, actor()),
    )


@bp.get("/calls/<slug>/applications.<any(csv, xlsx):format>")
@subject(Call, Permission.APPLICATION_LIST, key="slug")
def export(call: Call, format: str) -> Response:
    """The list as its pages show it, all of it, as a file."""
    query, form = _query(call), Form(format)
    rows = queries.all_of(call, actor(), query.filters, query.sort, falling=query.falling)
    sheet = sheet_of(call, rows, proxied_among(call))
    name = f"{call.file_stem}-applications.{form.extension}"
    return exported(call, write(sheet, form), name, form.media_type, rows=len(sheet.rows))


@bp.get("/applications/<uuid:id>")
@subject(Application, Permission.APPLICATION_READ)
def show(application: Application) -> Page:
    """All that a proposal says, where it stands, and what may be done with it; that it was read is remembered."""
    writes = permits(actor(), Permission.APPLICATION_WRITE, application)
    if not writes:
        reader = actor()
        remember(lambda: trail.record("applications.read", application, by=reader))
    moves = [move for move in APPLICATION.available(application, actor()) if move.ask_reason]
    return page(
        "applications/show.html",
        call=application.call,
        application=application,
        dossier=queries.handed_in(application),
        waiting=submissions.waiting(application) if writes else None,
        member=actor().has(MEMBER, application.organization_id),
        moves=[move for move in moves if not _obstacles(move, application)],
        writes=writes and application.status in IN_THEIR_HANDS,
        closed=closed_to_its_group(application, clock.now()),
        versions=_versions(application),
        mending=corrections.mending(application, clock.now()),
        standing=standing(application, definition(application.call)),
        corrects=_corrects(application),
    )


def _corrects(application: Application) -> bool:
    """Whether whoever asks gives proposals back, and this one is, was, or can be given back."""
    can = application.status in (ApplicationStatus.SUBMITTED, ApplicationStatus.RETURNED)
    return permits(actor(), Permission.APPLICATION_SCREEN, application) and (
        can or corrections.last(application) is not None
    )


def _versions(application: Application) -> int:
    """How many versions were received, for whoever may read them."""
    last = submissions.last(application) if permits(actor(), Permission.SUBMISSION_READ, application) else None
    return last.version if last else 0


@bp.route(f"/applications/<uuid:id>/moves/<any({', '.join(CONSEQUENCES)}):name>", methods=["GET", "POST"])
@subject(Application, Permission.APPLICATION_READ)
def move(application: Application, name: str) -> Page | ResponseReturnValue:
    """What follows from a move, and why it is made; each move has a permission of its own."""
    chosen, form = APPLICATION.transitions[name], MoveForm.of(name, application)
    works = permits(actor(), Permission.APPLICATION_LIST, application.call)
    authorize(actor(), chosen.permission, application)
    if form.validate_on_submit() and attempt(form, lambda: _fire(chosen, application, form)):
        say(_("%(number)s：記録しました。いまの状態は「%(state)s」です。", **_state(application)))
        return redirect(url_for(".show", id=application.id))
    return page(
        "applications/move.html",
        call=application.call,
        application=application,
        move=chosen,
        consequence=CONSEQUENCES[name] if works else CONSEQUENCES_FOR_THE_GROUP.get(name, CONSEQUENCES[name]),
        works=works,
        told=APPLICATION.told(application, actor()),
        possible=application.status in chosen.source,
        obstacles=_obstacles(chosen, application),
        form=form,
    )


def _obstacles(move: Transition, application: Application) -> list[str]:
    """Why whoever asks would be refused the move just now."""
    late = not_to_withdraw(application, actor()) if move.name == "withdraw" else ""
    return [*APPLICATION.obstacles(move.name, application), *([late] if late else [])]


def _fire(move: Transition, application: Application, form: MoveForm) -> None:
    APPLICATION.fire(move.name, application, by=actor(), reason=str(form.reason.data or "").strip())


@bp.get("/calls/<slug>/apply")
@subject(Call, Permission.CALL_READ, key="slug")
def apply(call: Call) -> Page:
    """How one applies; who signed in names the organisation and the tier here."""
    return _apply(call)


def _apply(call: Call, **forms: Any) -> Page:
    theirs = _organizations()
    wanted = request.args.get("tier", "")
    shown = {"form": StartForm.of(call, theirs, wanted), "first_form": FirstStartForm.of(call, wanted)} | forms
    return page(
        "applications/apply.html",
        call=call,
        definition=definition(call),
        closes_at=deadlines.closes_at_for(call, [row.id for row in theirs]),
        organizations=theirs,
        begun=queries.begun(call, actor()) if actor().is_authenticated else [],
        may_start=permits(actor(), Permission.APPLICATION_START, call),
        **shown,
    )


def _organizations() -> list[Organization]:
    """Those for which one may write."""
    person = actor().id
    return [row for row in accounts.organizations_of(person) if actor().has(WRITER, row.id)] if person else []


@bp.post("/calls/<slug>/apply")
@subject(Call, Permission.APPLICATION_START, key="slug")
def start(call: Call) -> Page | ResponseReturnValue:
    """Begin a proposal: from here on it is kept as a draft."""
    theirs = _organizations()
    form = StartForm.of(call, theirs)
    begun: list[Application] = []

    def begin() -> None:
        organization = next(row for row in theirs if row.id == uuid.UUID(form.organization.data))
        begun.append(operations.start(call, _tier(call, form), organization, by=actor(), at=received_at()))

    if form.validate_on_submit() and attempt(form, begin):
        return _begun(begun[0])
    return _apply(call, form=form)


@bp.post("/calls/<slug>/apply/group")
@subject(Call, Permission.APPLICATION_START, key="slug")
def start_with_group(call: Call) -> Page | ResponseReturnValue:
    """Register a group and begin its proposal in one step; what else is known of the group is asked in the proposal."""
    form = FirstStartForm.of(call)
    begun: list[Application] = []

    def begin() -> None:
        named, is_representative = form.name.data or "", form.representative.data == "yes"
        draft = operations.start_with_group(
            call, _tier(call, form), named, representative=is_representative, by=actor(), at=received_at()
        )
        begun.append(draft)

    if form.validate_on_submit() and attempt(form, begin):
        return _begun(begun[0])
    return _apply(call, first_form=form)


def _tier(call: Call, form: StartForm | FirstStartForm) -> Tier:
    return next(tier for tier in call.tiers if tier.key == form.tier.data)


def _begun(draft: Application) -> ResponseReturnValue:
    """To the first part of a new draft."""
    say(_("下書きを作りました。書いた内容は保存され、締切までに何度でも書き直せます。"))
    return redirect(url_for("dossier.section", id=draft.id, part=queries.dossier(draft).asked[0].part.value))


@bp.route("/applications/<uuid:id>/confirm", methods=["GET", "POST"])
@subject(Application, Permission.APPLICATION_WRITE)
def confirm(application: Application) -> Page | ResponseReturnValue:
    """The whole proposal once more, what it still lacks, and the button that submits it."""
    form = SubmitForm()
    if form.validate_on_submit() and handed_in(application, form, key=(form.key.data or "")[:64]):
        return redirect(url_for(".receipt", id=application.id))
    dossier = queries.dossier(application)
    return page(
        "applications/confirm.html",
        call=application.call,
        application=application,
        dossier=dossier,
        form=form,
        gaps=completeness.missing(dossier),
        may_submit=permits(actor(), APPLICATION.transitions["submit"].permission, application),
        confirmers=[row for row in members(application.organization) if row.role in CONFIRMERS],
        rechecked=bool(submissions.declared(application)),
        last=submissions.last(application),
        waiting=submissions.waiting(application),
        confirms=_confirms(application),
        closed=closed_to_its_group(application, clock.now()),
    )


def _confirms(application: Application) -> MemberRole | None:
    """What whoever asks is in the group, where they may confirm for it."""
    mine = [row.role for row in members(application.organization) if row.user_id == actor().id]
    return next((role for role in mine if role in CONFIRMERS), None)


@bp.get("/applications/<uuid:id>/receipt")
@subject(Application, Permission.APPLICATION_WRITE)
def receipt(application: Application) -> Page | ResponseReturnValue:
    """That the proposal was received, when, and under which number (R3.5)."""
    if application.received_at is None:
        return redirect(url_for(".confirm", id=application.id))
    row = submissions.last(application)
    return page(
        "applications/receipt.html",
        call=application.call,
        application=application,
        dossier=queries.handed_in(application),
        waiting=submissions.waiting(application),
        closed=closed_to_its_group(application, clock.now()),
        standing=standing(application, definition(application.call)),
        row=row,
        parts=receipts.parts_of(row) if row else [],
        files=receipts.files_of(row) if row else [],
        whole=submissions.seal_of(row) if row else "",
        grouped=receipts.grouped,
    )


def _state(application: Application) -> dict[str, str]:
    return {"number": application.number or _("下書き"), "state": application.status.label}


def _query(call: Call) -> ListQuery:
    reads_decisions = permits(actor(), Permission.DECISION_READ, call)
    return ListQuery.of(request.args, [tier.key for tier in call.tiers], with_status=reads_decisions)


def _url(call: Call, arguments: dict[str, str]) -> str:
    values: dict[str, Any] = {"slug": call.slug, **arguments}
    return url_for(".index", **values)


def _chips(call: Call, query: ListQuery) -> list[dict[str, str]]:
    """What narrows the list, each with the address that takes it away."""
    tiers = {tier.key: tier.name for tier in call.tiers}
    words = {
        "q": _("「%(words)s」を含む", words=query.filters.text),
        "tier": tiers.get(query.filters.tier, ""),
        "status": query.filters.status.label if query.filters.status else "",
    }
    asked = query.arguments
    return [
        {"label": words[name], "remove_url": _url(call, {each: asked[each] for each in asked if each != name})}
        for name in words
        if name in asked
    ]
