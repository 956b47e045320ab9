"""The verbs of drafts: beginning, saving, publishing and giving up the definition of a call."""

from sqlalchemy import select

from grantflow.audit import trail
from grantflow.calls import drafts, operations, queries
from grantflow.calls.definition import Definition
from grantflow.calls.models import Call, CallDraft
from grantflow.calls.printing import Change
from grantflow.core import clock
from grantflow.core.authorization import Actor, authorize
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.words import _
from grantflow.permissions import Permission


def begin(text: str, *, by: Actor, source: Call | None = None) -> CallDraft:
    """A draft of a new call from the tables in `text`, copied from `source` where there is one."""
    authorize(by, Permission.CALL_CREATE)
    return _begin(text, None, by, source_id=source.id if source else None)


def revise(call: Call, *, by: Actor, text: str | None = None) -> CallDraft:
    """The draft of the call's next version: the one that is there, or one that begins with the newest version.

    With `text` it begins with that instead; refused when there is one already, whose content would be lost.
    """
    authorize(by, Permission.CALL_REVISE, call)
    known = queries.draft_of(call)
    if known is not None and text is not None:
        raise Refused(
            _(
                "「%(title)s」の改訂には、書きかけの下書きがあります。先にその下書きを公開するか、取りやめてください。",
                title=call.title,
            )
        )
    return known or _begin(text or queries.printed(call), call, by)


def _begin(text: str, call: Call | None, by: Actor, **values: object) -> CallDraft:
    now = clock.now()
    row = CallDraft(
        call_id=call.id if call else None,
        call=call,
        based_on=call.definition_version if call else None,
        definition=text,
        begun_by_id=by.id,
        begun_at=now,
        changed_at=now,
        changed_by=by.name,
        **values,
    )
    db.session.add(row)
    trail.record("call_drafts.begin", row, by=by, call=call.slug if call else None)
    return row


def hold(draft: CallDraft) -> None:
    """Read the draft again and keep others from changing it until the commit."""
    found = select(CallDraft).where(CallDraft.id == draft.id).with_for_update()
    db.session.scalars(found.execution_options(populate_existing=True)).one()


def save(draft: CallDraft, text: str, *, section: str, by: Actor) -> None:
    """Keep `text` as the draft; anything that is well-formed may be kept."""
    authorize(by, Permission.DRAFT_EDIT, draft)
    if text == draft.definition:
        return
    draft.definition, draft.changed_at, draft.changed_by = text, clock.now(), by.name
    trail.record("call_drafts.save", draft, by=by, section=section)


def give_up(draft: CallDraft, *, by: Actor) -> None:
    """Forget the draft; what is published stays as it is."""
    authorize(by, Permission.DRAFT_EDIT, draft)
    trail.record("call_drafts.give_up", draft, by=by, call=draft.call.slug if draft.call else None)
    db.session.delete(draft)


def obstacles(draft: CallDraft, definition: Definition) -> list[str]:
    """Why the whole definition could not be published just now, one sentence a reason."""
    try:
        if draft.call is None:
            _refuse_a_taken_name(definition)
        else:
            _refuse_another_name(draft.call, definition)
            operations.refuse_revision(draft.call, definition)
    except Refused as refusal:
        return [str(refusal)]
    return []


def publish(
    draft: CallDraft, *, against: int, reason: str, by: Actor, rehearsal: bool = False
) -> tuple[Call, tuple[Change, ...]]:
    """Make the draft public: a new call, or the next version of its call with a reason; the draft is done with.

    `against` is the version whose difference was shown (0 for a new call): refused when another was published since.
    """
    definition, problems = drafts.looked_through(draft.definition)
    if definition is None:
        raise Refused(
            _("直すところが%(count)s件あります。すべて直してから、もう一度公開してください。", count=len(problems))
        )
    call = draft.call
    db.session.delete(draft)
    if call is None:
        _refuse_a_taken_name(definition)
        source = db.session.get(Call, draft.source_id) if draft.source_id else None
        return operations.publish_new(definition, by=by, rehearsal=rehearsal, source=source), ()
    _refuse_another_name(call, definition)
    if call.definition_version != against:
        raise Refused(
            _(
                "この画面を開いたあとに、第%(version)s版が公開されました。下の違いをもう一度確かめてから公開してください。",
                version=call.definition_version,
            )
        )
    return call, operations.revise(call, definition, reason=reason, by=by)


def _refuse_a_taken_name(definition: Definition) -> None:
    if queries.call(definition.call.slug) is not None:
        raise Refused(
            _(
                "アドレスに使う名前「%(slug)s」は、別の公募が使っています。基本のページで別の名前に変えてください。",
                slug=definition.call.slug,
            )
        )


def _refuse_another_name(call: Call, definition: Definition) -> None:
    if definition.call.slug != call.slug:
        raise Refused(
            _(
                "公開した公募の「アドレスに使う名前」は変えられません。「%(slug)s」に戻してください。",
                slug=call.slug,
            )
        )
