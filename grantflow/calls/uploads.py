"""Spreadsheets handed in on a page: kept, planned at every look, and applied as they were shown or not at all."""

import hashlib
import json
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any

from flask import Blueprint, abort, redirect, request, url_for
from flask.typing import ResponseReturnValue

from grantflow.calls.forms import ApplyForm, HandInForm
from grantflow.calls.models import Call
from grantflow.core.paging import Paging
from grantflow.core.refusals import Refused, Unavailable
from grantflow.core.tables import MAX_CELL_CHARACTERS, Columns, Table, read_table
from grantflow.core.text import number
from grantflow.core.web import Page, actor, attempt, page, say, subject
from grantflow.core.words import Lazy, _
from grantflow.files import operations as files
from grantflow.files import queries as stored
from grantflow.files.limits import LIMITS, MEGABYTE
from grantflow.files.models import StoredFile
from grantflow.permissions import Permission

PROBLEMS_A_PAGE = 200
ROWS_SHOWN = 500
CONFLICT = 409


@dataclass(frozen=True, slots=True)
class Listing:
    """Effects of one kind, one row each; a page shows the first of them and says how many more there are."""

    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]

    @property
    def shown(self) -> tuple[tuple[str, ...], ...]:
        """The rows that a page shows."""
        return self.rows[:ROWS_SHOWN]

    @property
    def more(self) -> int:
        """How many rows there are beyond."""
        return len(self.rows) - len(self.shown)


@dataclass(frozen=True, slots=True)
class Effects:
    """All that applying a file would do, in the reader's words: in one sentence, as figures, and one by one."""

    sentence: str
    figures: tuple[tuple[str, str], ...]
    consequences: tuple[str, ...] = ()
    listings: tuple[Listing, ...] = ()
    done: str = ""

    @property
    def fingerprint(self) -> str:
        """The same for equal effects: what was shown is what is applied."""
        return hashlib.sha256(json.dumps(asdict(self), ensure_ascii=False).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Load:
    """One kind of file that a call takes in, and how: `plan` reads, `effects` tells, `apply` writes.

    `columns_told` explains each column; `back` is the endpoint of the page on which the outcome is seen.
    """

    kind: str
    title: Lazy
    lead: Lazy
    permission: Permission
    columns: Columns
    columns_told: tuple[tuple[str, Lazy], ...]
    plan: Callable[[Call, Table], Any]
    effects: Callable[[Any], Effects]
    apply: Callable[..., None]
    back: str
    back_label: Lazy

    @property
    def purpose(self) -> str:
        """What its files are kept for."""
        return f"{self.kind}.load"


def pages_of(load: Load) -> Blueprint:
    """The three pages of a load: handing in a file, what it would do, and doing it."""
    bp = Blueprint(f"load_{load.kind}", __name__)
    url = f"/calls/<slug>/load/{load.kind}"

    @bp.route(url, methods=["GET", "POST"])
    @subject(Call, load.permission, key="slug")
    def index(call: Call) -> Page | ResponseReturnValue:
        """What the file must look like, the files handed in before, and handing in one."""
        form = HandInForm()
        if form.validate_on_submit():
            kept: list[StoredFile] = []
            if attempt(
                form,
                lambda: kept.append(files.keep(*form.handed_in, load.purpose, by=actor(), belongs_to=call.id)),
            ):
                return redirect(url_for(".planned", slug=call.slug, id=kept[0].id))
        return page("calls/load.html", **_about(load, call), form=form)

    @bp.get(f"{url}/<uuid:id>")
    @subject(Call, load.permission, key="slug")
    def planned(call: Call, id: uuid.UUID) -> Page:
        """Everything that is wrong with the file, or everything that applying it would do; nothing is written."""
        return _planned(load, call, _file(load, call, id), ApplyForm(formdata=None))

    @bp.post(f"{url}/<uuid:id>")
    @subject(Call, load.permission, key="slug")
    def apply(call: Call, id: uuid.UUID) -> Page | ResponseReturnValue:
        """Apply the file, planned anew; refused when that would do something else than was shown."""
        file, form = _file(load, call, id), ApplyForm()
        plan = _plan(load, call, file)
        if plan.problems.errors:
            return _planned(load, call, file, form, plan).with_status(CONFLICT)
        effects = load.effects(plan)
        if form.validate_on_submit() and attempt(form, lambda: _carry_out(load, plan, effects, form)):
            say(effects.done)
            return redirect(url_for(load.back, slug=call.slug))
        return _planned(load, call, file, form, plan).with_status(CONFLICT)

    return bp


def _about(load: Load, call: Call) -> dict[str, Any]:
    return {
        "call": call,
        "load": load,
        "endpoint": f"load_{load.kind}",
        "limits": {
            "megabytes": LIMITS.request // MEGABYTE,
            "cell": number(MAX_CELL_CHARACTERS),
        },
        "earlier": stored.files_for(load.purpose, call.id),
    }


def _file(load: Load, call: Call, id: uuid.UUID) -> StoredFile:
    return stored.stored_file(id, load.purpose, call.id) or abort(404)


def _plan(load: Load, call: Call, file: StoredFile) -> Any:
    try:
        content = stored.content(file)
    except Unavailable as gone:
        raise Unavailable(
            _("預かったファイル「%(name)s」を読み出せません。もう一度ファイルを選んで送ってください。", name=file.name)
        ) from gone
    return load.plan(call, read_table(content, file.name, load.columns))


def _carry_out(load: Load, plan: Any, effects: Effects, form: ApplyForm) -> None:
    if form.shown.data != effects.fingerprint:
        raise Refused(
            _(
                "この画面を開いたあとに、ほかの人の操作で登録の内容が変わりました。まだ何も取り込んでいません。"
                "下の内容をもう一度確かめてから、適用してください。"
            )
        )
    load.apply(plan, by=actor())


def _planned(load: Load, call: Call, file: StoredFile, form: ApplyForm, plan: Any = None) -> Page:
    plan = plan or _plan(load, call, file)
    errors = plan.problems.errors
    paging = Paging.of(request.args.get("page"), len(errors), PROBLEMS_A_PAGE)
    effects = None if errors else load.effects(plan)
    form.shown.data = effects.fingerprint if effects else ""
    return page(
        "calls/load_planned.html",
        **_about(load, call),
        file=file,
        form=form,
        again=HandInForm(formdata=None),
        errors=errors[paging.offset : paging.offset + paging.size],
        warnings=plan.problems.warnings,
        warnings_shown=PROBLEMS_A_PAGE,
        effects=effects,
        paging=paging,
        links=paging.links(lambda number: url_for(".planned", slug=call.slug, id=file.id, page=number)),
    )
