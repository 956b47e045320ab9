"""The pages of a proposed assignment: what members know, the draft with its certificate, and applying it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from grantflow.calls.models import Call
from grantflow.calls.queries import definition
from grantflow.core.db import db
from grantflow.core.paging import Paging
from grantflow.core.refusals import Refused
from grantflow.core.web import Page, actor, attempt, page, say, subject
from grantflow.core.words import _
from grantflow.permissions import Permission
from grantflow.review import committee, fit, proposing, proposing_job, queries
from grantflow.review.assignment import Impossible, Pair
from grantflow.review.committee import Covered
from grantflow.review.models import AssignmentDraft, Reviewer
from grantflow.review.proposing import Changes, Wishes
from grantflow.review.proposing_forms import ExpertiseForm, ProposeForm
from grantflow.review.sheets import name_of
from grantflow.review.shortage import in_words

bp = Blueprint("assigning", __name__)

#: So many numbers are listed of a certificate; the rest is counted.
MOST_LISTED = 10


@dataclass(frozen=True, slots=True)
class Reading:
    """A member beside a proposal in the draft: what fits, and how that differs from the assignment as it is."""

    key: str
    name: str
    fits: str
    worth: int
    is_new: bool
    is_kept: bool


@dataclass(frozen=True, slots=True)
class DraftRow:
    """A proposal in the draft: who reads it, who reads it no more, and the sum of fit."""

    proposal: Covered
    readings: Sequence[Reading]
    leaving: Sequence[str]
    apart: Sequence[tuple[str, str]]
    worth: int


@dataclass(frozen=True, slots=True)
class LoadRow:
    """A member's load as it is and in the draft."""

    name: str
    before: int
    after: int


@bp.route("/reviewers/<uuid:id>/expertise", methods=["GET", "POST"])
@subject(Reviewer, Permission.PANEL_MANAGE)
def describe(reviewer: Reviewer) -> Page | ResponseReturnValue:
    """What a member knows best, how many proposals they read, and whether they dropped out."""
    call, form = db.session.get_one(Call, reviewer.call_id), ExpertiseForm()
    form.offer(definition(call).audience, reviewer)
    if form.validate_on_submit() and attempt(form, lambda: proposing.describe(reviewer, form.expertise, by=actor())):
        say(_("%(name)s の専門と担当の件数を保存しました。", name=name_of(reviewer)))
        return redirect(url_for("panel.show", slug=call.slug))
    if request.method == "GET":
        form.show(reviewer)
    return page("review/expertise.html", form=form, call=call, name=name_of(reviewer), reviewer=reviewer)


@bp.get("/calls/<slug>/panel/proposal")
@subject(Call, Permission.PANEL_MANAGE, key="slug")
def show(call: Call) -> Page:
    """The draft: who would read what and why, each load, what changes, and how good it is."""
    form = ProposeForm(formdata=None)
    form.show(proposing.wishes_of(proposing.draft_of(call)).weights)
    return _page(call, form)


@bp.post("/calls/<slug>/panel/proposal")
@subject(Call, Permission.PANEL_MANAGE, key="slug")
def propose(call: Call) -> Page | ResponseReturnValue:
    """Propose an assignment: at once for a small committee, else as a job."""
    form = ProposeForm()
    if not form.validate_on_submit():
        return _page(call, form)
    wishes = _wishes(call, form)
    if not proposing.is_quick(proposing.problem(call, wishes)):
        return redirect(url_for("jobs.show", id=proposing_job.ask(call, wishes, by=actor()).id))
    try:
        with db.session.begin_nested():
            proposing.draw_up(call, wishes, by=actor())
    except Impossible as impossible:
        names = _names(call)
        return _page(call, form, problems=[in_words(each, names) for each in impossible.shortages])
    say(_("割当案を作りました。内容を確かめてから反映してください。"))
    return redirect(url_for(".show", slug=call.slug))


@bp.post("/calls/<slug>/panel/proposal/apply")
@subject(Call, Permission.PANEL_MANAGE, key="slug")
def apply(call: Call) -> Page | ResponseReturnValue:
    """Make the draft the assignment, all or nothing."""
    try:
        with db.session.begin_nested():
            added, removed = proposing.apply(call, request.form.get("sha256", ""), by=actor())
    except Refused as refusal:
        form = ProposeForm(formdata=None)
        form.show(proposing.wishes_of(proposing.draft_of(call)).weights)
        return _page(call, form, problems=[str(refusal)])
    say(_("割当案を反映しました。割当を%(added)s件加え、%(gone)s件外しました。", added=added, gone=removed))
    return redirect(url_for("panel.show", slug=call.slug))


def _wishes(call: Call, form: ProposeForm) -> Wishes:
    """The wishes of the draft, those of the proposals that were shown replaced by what was ticked."""
    before = proposing.wishes_of(proposing.draft_of(call))
    labels = {str(row.id): row.label for row in queries.reviewers(call)}
    numbers = {str(row.number) for row in proposing.to_assign(call)}
    shown = set(request.form.getlist("shown"))

    def ticked(name: str, held: frozenset[Pair]) -> frozenset[Pair]:
        found = {pair for pair in held if pair[0] not in shown and pair[1] in labels.values()}
        for text in request.form.getlist(name):
            number, _slash, key = text.rpartition("/")
            if number in numbers and key in labels:
                found.add((number, labels[key]))
        return frozenset(found)

    apart = ticked("apart", before.apart)
    return Wishes(ticked("kept", before.kept) - apart, apart, form.weights)


def _names(call: Call) -> dict[str, str]:
    return {row.label: name_of(row) for row in queries.reviewers(call)}


def _page(call: Call, form: ProposeForm, problems: Sequence[str] = ()) -> Page:
    row, covered = proposing.draft_of(call), committee.covered(call, actor())
    listed = covered if row else []
    paging = Paging.of(request.args.get("page"), len(listed))
    changes = proposing.changes(call, row) if row else Changes(frozenset(), frozenset())
    certificate = proposing.certificate_of(row) if row else None
    readable = {each.number for each in covered}
    answer = page(
        "review/proposal.html",
        call=call,
        form=form,
        draft=row,
        problems=problems,
        count=len(covered),
        members=len(queries.reviewers(call)),
        rows=_rows(call, row, listed[paging.offset : paging.offset + paging.size], changes) if row else [],
        loads=_loads(call, row) if row else [],
        changes=changes,
        certificate=certificate,
        worst=_listed([each for each in certificate.worst if each in readable]) if certificate else "",
        lowest=_number(certificate.sums[0]) if certificate and certificate.sums else "",
        bound=_number(certificate.bound) if certificate else "",
        full=_listed([_names(call).get(each, each) for each in certificate.full]) if certificate else "",
        paging=paging,
        links=paging.links(lambda number: url_for(".show", slug=call.slug, page=number, _anchor="rows")),
    )
    return answer.with_status(422) if problems else answer


def _rows(call: Call, draft: AssignmentDraft, shown: Sequence[Covered], changes: Changes) -> list[DraftRow]:
    wishes, pairs = proposing.wishes_of(draft), proposing.pairs_of(draft)
    members = {row.label: row for row in queries.reviewers(call)}
    applications = {str(row.number): row for row in proposing.to_assign(call)}
    found = []
    for one in shown:
        about = proposing.about(applications[one.number])
        readings = []
        for label in sorted(label for number, label in pairs if number == one.number and label in members):
            knows = proposing.knows(members[label])
            readings.append(
                Reading(
                    str(members[label].id),
                    name_of(members[label]),
                    "、".join(fit.in_words(knows, about)),
                    fit.worth(knows, about, wishes.weights),
                    (one.number, label) in changes.added,
                    (one.number, label) in wishes.kept,
                )
            )
        leaving = [name_of(members[label]) for number, label in sorted(changes.removed) if number == one.number]
        apart = [
            (str(members[label].id), name_of(members[label]))
            for number, label in sorted(wishes.apart)
            if number == one.number and label in members
        ]
        found.append(DraftRow(one, readings, leaving, apart, sum(each.worth for each in readings)))
    return found


def _loads(call: Call, draft: AssignmentDraft) -> list[LoadRow]:
    after = _count(proposing.pairs_of(draft))
    return [
        LoadRow(name_of(load.reviewer), load.given, after.get(load.reviewer.label, 0)) for load in committee.loads(call)
    ]


def _count(pairs: frozenset[Pair]) -> Mapping[str, int]:
    found: dict[str, int] = {}
    for _number_of, label in pairs:
        found[label] = found.get(label, 0) + 1
    return found


def _listed(names: Sequence[str]) -> str:
    shown = "、".join(names[:MOST_LISTED])
    if len(names) <= MOST_LISTED:
        return shown
    return _("%(names)s ほか%(count)s件", names=shown, count=len(names) - MOST_LISTED)


def _number(value: Fraction) -> str:
    return str(value)
