"""The pages on which a call is written: begun, edited section by section, looked through and published."""

from collections.abc import Sequence
from typing import Any

from flask import Blueprint, redirect, request, url_for
from flask.typing import ResponseReturnValue

from grantflow.calls import drafting, drafts, queries
from grantflow.calls.definition import Definition
from grantflow.calls.forms import LATER, CopyForm, DefinitionForm, GiveUpForm, PublishForm, ReviseForm
from grantflow.calls.history import Difference, differences_in_words
from grantflow.calls.labels import label_of
from grantflow.calls.models import Call, CallDraft
from grantflow.calls.rowforms import BLANK_ROWS, MORE_ROWS, MOST_ROWS, SectionForm
from grantflow.calls.schema import DefinitionProblem
from grantflow.calls.sections import SECTIONS, TEXT, TextForm, section_of
from grantflow.core.refusals import Refused
from grantflow.core.web import Page, actor, attempt, page, say, subject
from grantflow.core.words import _
from grantflow.permissions import Permission

bp = Blueprint("drafts", __name__)

CONFLICT = 409
FORMS = {form.NAME: form for form in SECTIONS}
NAMES = ",".join((*FORMS, TEXT))


@bp.route("/desk/calls/new", methods=["GET", "POST"])
@subject(None, Permission.CALL_CREATE)
def begin() -> Page | ResponseReturnValue:
    """Three ways to a new call: a copy of an earlier one, a file, or an empty draft."""
    way = request.form.get("way", "")
    sources = queries.calls(actor(), Permission.CALL_MANAGE)
    copying = CopyForm([(call.slug, call.title) for call in sources], formdata=request.form if way == "copy" else None)
    upload = DefinitionForm() if way == "upload" else DefinitionForm(formdata=None)
    if way == "copy" and copying.validate_on_submit():
        return _opened(_copied(next(call for call in sources if call.slug == copying.source.data), copying.dates.data))
    if way == "upload" and upload.validate_on_submit():
        found: list[CallDraft] = []
        if attempt(upload, lambda: found.append(_handed_in(*upload.content))):
            return _opened(found[0])
    if way == "blank":
        return _opened(drafting.begin(drafts.write_raw(drafts.EMPTY), by=actor()))
    return page("calls/draft_new.html", copying=copying, upload=upload, sources=sources)


def _opened(draft: CallDraft) -> ResponseReturnValue:
    return redirect(url_for(".show", id=draft.id))


def _copied(source: Call, dates: str) -> CallDraft:
    raw = drafts.next_year(queries.definition(source), with_dates=dates == LATER)
    return drafting.begin(drafts.write_raw(raw), by=actor(), source=source)


def _handed_in(content: bytes, name: str) -> CallDraft:
    """A draft of what a file holds, of a new call or of the next version of the call that it names."""
    _definition, problems = drafts.looked_through(content)
    if not drafts.is_well_formed(problems):
        raise Refused(
            _("%(name)s は公募の定義として読めません。%(problem)s", name=name, problem=" ".join(map(str, problems)))
        )
    text = content.decode("utf-8-sig").replace("\r\n", "\n")
    slug = drafts.value_at(drafts.read_raw(text), ("call", "slug"))
    known = queries.call(slug) if isinstance(slug, str) and slug.isprintable() else None
    if known is None:
        return drafting.begin(text, by=actor())
    return drafting.revise(known, by=actor(), text=text)


@bp.post("/calls/<slug>/draft")
@subject(Call, Permission.CALL_REVISE, key="slug")
def revise(call: Call) -> ResponseReturnValue:
    """Begin the next version of a call, or go on with it."""
    return _opened(drafting.revise(call, by=actor()))


@bp.get("/drafts/<uuid:id>")
@subject(CallDraft, Permission.DRAFT_EDIT)
def show(draft: CallDraft) -> Page:
    """Where a draft stands: its sections, all that it lacks, or all that publishing it would change."""
    return _show(draft, _publishing(draft, formdata=None))


def _publishing(draft: CallDraft, **kw: Any) -> PublishForm:
    return ReviseForm(**kw) if draft.call else PublishForm(**kw)


def _show(draft: CallDraft, form: PublishForm) -> Page:
    definition, problems = drafts.looked_through(draft.definition)
    form.seen.data, form.against.data = str(draft.version), str(_against(draft))
    return page(
        "calls/draft.html",
        draft=draft,
        title=drafts.title_of(draft),
        form=form,
        sections=_sections(draft, problems),
        problems=[(label_of(one.path), one.sentence, _edit(draft, section_of(one.path))) for one in problems],
        definition=definition,
        changes=_changes(draft, definition),
        obstacles=drafting.obstacles(draft, definition) if definition else [],
        is_behind=draft.call is not None and draft.based_on != draft.call.definition_version,
    )


def _against(draft: CallDraft) -> int:
    return draft.call.definition_version if draft.call else 0


def _edit(draft: CallDraft, section: str) -> str:
    return url_for(".edit", id=draft.id, section=section)


def _sections(draft: CallDraft, problems: Sequence[DefinitionProblem]) -> list[dict[str, Any]]:
    wrong = [section_of(problem.path) for problem in problems]
    names = [(form.NAME, str(form.TITLE)) for form in SECTIONS] + [(TEXT, _("全文（TOML）"))]
    return [
        {
            "label": label,
            "url": _edit(draft, name),
            "word": _("直すところ%(count)s件", count=wrong.count(name)) if name in wrong else _("問題なし"),
            "tone": "warning" if name in wrong else "success",
        }
        for name, label in names
    ]


def _changes(draft: CallDraft, definition: Definition | None) -> tuple[Difference, ...]:
    if draft.call is None or definition is None:
        return ()
    return differences_in_words(queries.definition(draft.call), definition)


@bp.route(f"/drafts/<uuid:id>/<any({NAMES}):section>", methods=["GET", "POST"])
@subject(CallDraft, Permission.DRAFT_EDIT)
def edit(draft: CallDraft, section: str) -> Page | ResponseReturnValue:
    """One section; what is well-formed is kept, whatever it still lacks."""
    if request.method == "POST":
        drafting.hold(draft)
    return _edit_text(draft) if section == TEXT else _edit_section(draft, FORMS[section])


def _edit_section(draft: CallDraft, kind: type[SectionForm]) -> Page | ResponseReturnValue:
    raw = drafts.read_raw(draft.definition)
    if request.method == "GET":
        return _section(draft, kind.of(raw, draft.version, _blank_rows()))
    form = kind()
    if not form.validate():
        return _section(draft, form)
    if form.version.data != str(draft.version):
        stored = kind.of(raw, draft.version, blank=0)
        return _section(draft, form, _side_by_side(dict(stored.texts()), dict(form.texts()))).with_status(CONFLICT)
    drafting.save(draft, drafts.write_raw(form.written(raw)), section=kind.NAME, by=actor())
    if "more" in request.form:
        return redirect(url_for(".edit", id=draft.id, section=kind.NAME, more=MORE_ROWS, _anchor="more"))
    say(_("%(section)sを保存しました。", section=kind.TITLE))
    return _opened(draft)


def _blank_rows() -> int:
    asked = request.args.get("more", "")
    return min(int(asked), MOST_ROWS) if asked.isascii() and asked.isdigit() and len(asked) < 4 else BLANK_ROWS


def _side_by_side(stored: dict[str, str], typed: dict[str, str]) -> list[dict[str, str]]:
    return [
        {"label": label, "stored": stored.get(label, ""), "typed": typed.get(label, "")}
        for label in dict.fromkeys((*stored, *typed))
    ]


def _section(draft: CallDraft, form: SectionForm, lines: Sequence[dict[str, str]] = ()) -> Page:
    if lines:
        form.version.data = str(draft.version)
    return page(
        "calls/draft_section.html",
        draft=draft,
        title=drafts.title_of(draft),
        form=form,
        lines=lines,
        wrong=_wrong(draft, form) if request.method == "GET" else [],
    )


def _wrong(draft: CallDraft, form: SectionForm) -> list[str]:
    """What the section still lacks, as the whole definition is looked through."""
    _definition, problems = drafts.looked_through(draft.definition)
    return [
        _("%(label)s：%(problem)s", label=label_of(one.path), problem=one.sentence)
        for one in problems
        if section_of(one.path) == form.NAME
    ]


def _edit_text(draft: CallDraft) -> Page | ResponseReturnValue:
    if request.method == "GET":
        form = TextForm(formdata=None, data={"definition": draft.definition, "version": str(draft.version)})
        return page("calls/draft_text.html", draft=draft, title=drafts.title_of(draft), form=form, lines=[])
    form, lines = TextForm(), []
    if form.validate():
        if form.version.data == str(draft.version):
            drafting.save(draft, form.text, section=TEXT, by=actor())
            say(_("全文を保存しました。"))
            return _opened(draft)
        form.version.data = str(draft.version)
        lines = _side_by_side(
            {str(form.definition.label.text): draft.definition}, {str(form.definition.label.text): form.text}
        )
    shown = page("calls/draft_text.html", draft=draft, title=drafts.title_of(draft), form=form, lines=lines)
    return shown.with_status(CONFLICT) if lines else shown


@bp.post("/drafts/<uuid:id>/publish")
@subject(CallDraft, Permission.DRAFT_EDIT)
def publish(draft: CallDraft) -> Page | ResponseReturnValue:
    """Publish the draft as it was shown."""
    drafting.hold(draft)
    form, found = _publishing(draft), []
    if form.validate_on_submit() and attempt(form, lambda: found.append(_published(draft, form))):
        call: Call = found[0]
        say(_("「%(title)s」の第%(version)s版を公開しました。", title=call.title, version=call.definition_version))
        return redirect(url_for("calls.show", slug=call.slug))
    return _show(draft, form).with_status(CONFLICT if form.form_errors else 422)


def _published(draft: CallDraft, form: PublishForm) -> Call:
    if form.seen.data != str(draft.version):
        raise Refused(
            _("この画面を開いたあとに、下書きが変わりました。下の内容をもう一度確かめてから公開してください。")
        )
    against = str(form.against.data)
    reason = str(form.reason.data).strip() if isinstance(form, ReviseForm) else ""
    return drafting.publish(
        draft,
        against=int(against) if against.isdigit() else -1,
        reason=reason,
        by=actor(),
        rehearsal=bool(form.rehearsal.data),
    )[0]


@bp.route("/drafts/<uuid:id>/give-up", methods=["GET", "POST"])
@subject(CallDraft, Permission.DRAFT_EDIT)
def give_up(draft: CallDraft) -> Page | ResponseReturnValue:
    """Forget a draft, once that was confirmed."""
    form = GiveUpForm()
    if form.validate_on_submit():
        drafting.give_up(draft, by=actor())
        say(_("下書きを取りやめました。公開している公募は変わっていません。"))
        return redirect(url_for("calls.in_charge"))
    return page("calls/draft_give_up.html", draft=draft, title=drafts.title_of(draft), form=form)
