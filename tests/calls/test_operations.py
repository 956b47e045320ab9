"""Publishing, revising, roles and receipt numbers."""

import datetime as dt

import pytest
from sqlalchemy import select

from grantflow.accounts.models import Role
from grantflow.applications.models import Application
from grantflow.audit import queries as audit
from grantflow.audit import trail
from grantflow.calls import operations, queries
from grantflow.calls.definition import parse
from grantflow.calls.models import Call, CallRole, CallStatus, CallVersion
from grantflow.calls.operations import Outcome
from grantflow.core.authorization import NotPermitted
from grantflow.core.clock import TOKYO
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from tests.factories.accounts import OPERATOR, organization, person
from tests.factories.calls import FILES, published, published_file, small_definition

LOCKED = (
    "評点をもう取り込んでいるため、審査項目、重み、評点の範囲は変えられません。"
    "いまの版と同じに戻すか、審査委員会の画面で理由を添えて開き直してから改めてください。"
)


def loaded(*more, by=OPERATOR, revise=False, reason="", **changes):
    definition = parse(small_definition(*more, **changes))
    return operations.load(definition, by=by, revise=revise, reason=reason)


def proposal_in(call, tier):
    """A proposal that stands in `tier`."""
    row = Application(
        call_id=call.id,
        tier_id=tier.id,
        organization_id=organization("川辺の会").id,
        organization_name="川辺の会",
        title="灯り",
        requested_yen=1,
    )
    db.session.add(row)
    trail.record("applications.start", row, by=OPERATOR)
    db.session.flush()


def facts(call):
    """What the rows of a call say."""
    tiers = [(tier.key, tier.cap_yen, tier.position) for tier in call.tiers]
    return tiers, [(criterion.key, criterion.weight, criterion.position) for criterion in call.criteria]


def test_a_new_call_is_public_with_its_tiers_and_criteria(writing, reading):
    with writing():
        outcome = loaded().outcome

    with reading():
        call = queries.call("river-2031")
        assert (outcome, call.status, call.definition_version) == (Outcome.CREATED, CallStatus.PUBLISHED, 1)
        assert facts(call) == (
            [("wide", 2_000_000, 1), ("near", 500_000, 2)],
            [("body", 1, 1), ("aim", 2, 2)],
        )
        assert (call.title, call.sponsor, call.scale_min, call.scale_max) == ("川辺の灯り調査", "架空庁", 1, 5)
        assert call.closes_at == dt.datetime(2031, 4, 30, 17, tzinfo=TOKYO)


def test_publishing_is_an_event_of_the_call(writing, reading):
    with writing():
        published()

    with reading():
        (event,) = audit.history(queries.call("river-2031"))
        assert (event.action, event.actor_name, event.details["version"]) == ("calls.publish", OPERATOR.name, 1)


def test_dates_in_the_past_are_accepted(writing):
    with writing():
        outcome = loaded(opens_at="2001-04-01T09:00:00+09:00", closes_at="2001-04-30T17:00:00+09:00").outcome

    assert outcome is Outcome.CREATED


@pytest.mark.parametrize("name", ["second-call.toml", "one-tier-call.toml"])
def test_loading_the_print_gives_the_same_call(writing, reading, name):
    with writing():
        published_file(name)
    with reading():
        call = db.session.scalars(select(Call)).one()
        text = queries.printed(call)

    with writing():
        again = operations.load(parse(text), by=OPERATOR)

    assert (again.outcome, parse(text)) == (Outcome.UNCHANGED, parse((FILES / name).read_bytes()))


def test_the_same_content_again_writes_nothing(writing, reading):
    with writing():
        published()

    with writing():
        outcome = loaded("# a remark is no content").outcome

    with reading():
        call = queries.call("river-2031")
        assert (outcome, len(queries.versions(call)), audit.count(call)) == (Outcome.UNCHANGED, 1, 1)


def test_other_content_under_a_known_slug_is_refused_and_says_where_it_differs(writing):
    with writing():
        published()

    with pytest.raises(Refused) as refusal, writing():
        loaded(title='"別の題"', cap_yen="3_000_000")

    assert str(refusal.value) == (
        "「river-2031」という公募は、別の内容でもう公開しています（違うところ：call.title、tier[wide].cap_yen）。"
        "新しい版にするなら --revise と --reason で理由を添え、別の公募なら slug を変えてください。"
    )


def test_a_refusal_names_five_places_and_counts_the_rest(writing):
    with writing():
        published()

    with pytest.raises(Refused, match=r"tier\[wide\].label ほか1 か所"), writing():
        loaded(title='"別"', sponsor='"別"', secretariat='"別"', number_prefix='"B"', cap_yen="3", label='"A"')


def test_a_revision_keeps_both_versions_and_tells_what_changed(writing, reading):
    with writing():
        published()

    with writing():
        answer = loaded(revise=True, reason=" 締切の延長 ", closes_at="2031-05-07T17:00:00+09:00")

    with reading():
        call = queries.call("river-2031")
        assert answer.outcome is Outcome.REVISED
        assert [(row.number, row.reason) for row in queries.versions(call)] == [(2, "締切の延長"), (1, "")]
        assert call.closes_at == dt.datetime(2031, 5, 7, 17, tzinfo=TOKYO)
        assert queries.definition(call).schedule.closes_at == call.closes_at
        details = audit.history(call)[0].details
        assert (details["reason"], details["version"]) == ("締切の延長", 2)
        assert [change["path"] for change in details["changes"]] == ["schedule.closes_at"]


def test_a_revision_without_a_reason_is_refused(writing):
    with writing():
        published()

    with pytest.raises(Refused) as refusal, writing():
        loaded(revise=True, reason="　", title='"別の題"')

    assert str(refusal.value) == "版を改める理由がありません。何をなぜ改めるかを書いてください。"


def test_a_revision_that_changes_nothing_is_refused(writing):
    with writing():
        call = published()

    with pytest.raises(Refused) as refusal, writing():
        operations.revise(db.session.get(Call, call.id), parse(small_definition()), reason="誤記", by=OPERATOR)

    assert str(refusal.value) == "いまの版と同じ内容です。改めるところを直してから取り込んでください。"


def test_an_archived_call_is_not_revised(writing):
    with writing():
        published(opens_at="2001-04-01T09:00:00+09:00", closes_at="2001-04-30T17:00:00+09:00")
    with writing():
        operations.archive(queries.call("river-2031"), by=OPERATOR)

    with pytest.raises(Refused, match="保管した公募の版は改められません。"), writing():
        loaded(revise=True, reason="誤記", title='"別の題"')


def test_a_call_that_still_receives_is_not_archived(writing, time_machine):
    time_machine.move_to(dt.datetime(2031, 4, 30, 17, tzinfo=TOKYO), tick=False)
    with writing():
        call = published()

    with pytest.raises(Refused) as refusal, writing():
        operations.archive(db.session.get(Call, call.id), by=OPERATOR)

    assert str(refusal.value) == "まだ受付中です。締切（令和13年4月30日（水）17:00）が過ぎてからにしてください。"


def test_a_revision_brings_the_rows_to_the_new_content_by_key(writing, reading):
    with writing():
        published()
    with reading():
        before = {tier.key: tier.id for tier in queries.call("river-2031").tiers}
    third = '[[tier]]\nkey = "far"\nlabel = "③"\nname = "遠い枠"\nlist_title = "遠い"\ncap_yen = 9\nexpected_awards = 1'

    with writing():
        loaded(third, revise=True, reason="枠を増やし、広い枠を改名", key='"broad"', weight="3")

    with reading():
        call = queries.call("river-2031")
        assert facts(call) == (
            [("broad", 2_000_000, 1), ("near", 500_000, 2), ("far", 9, 3)],
            [("body", 1, 1), ("aim", 3, 2)],
        )
        assert {tier.key: tier.id for tier in call.tiers}["near"] == before["near"]


def test_a_tier_that_a_proposal_stands_in_cannot_vanish(writing, reading):
    with writing():
        call = published()
        proposal_in(call, call.tiers[0])

    with pytest.raises(Refused) as refusal, writing():
        loaded(revise=True, reason="改名", key='"broad"')

    assert str(refusal.value) == (
        "tier「wide」は、もう使われているため削れません。この版にも同じ key で残してください。"
    )
    with reading():
        assert [tier.key for tier in queries.call("river-2031").tiers] == ["wide", "near"]


def test_the_prefix_stays_once_a_number_was_given(writing):
    with writing():
        operations.next_number(published())

    with pytest.raises(Refused) as refusal, writing():
        loaded(revise=True, reason="略号", number_prefix='"KB"')

    assert str(refusal.value) == (
        "受付番号をもう出しているため、call.number_prefix は変えられません。「KW」に戻してください。"
    )


@pytest.mark.parametrize(
    "changes",
    [{"weight": "3"}, {"text": '"言い直し"'}, {"group": '"別の見出し"'}, {"scale_max": "7"}, {"scale_min": "0"}],
    ids=lambda changes: next(iter(changes)),
)
def test_what_scores_stand_on_stays_once_there_are_scores(writing, changes):
    with writing():
        operations.fix_criteria(published())

    with pytest.raises(Refused) as refusal, writing():
        loaded(revise=True, reason="改める", **changes)

    assert str(refusal.value) == LOCKED


def test_words_may_still_be_mended_once_there_are_scores(writing):
    with writing():
        operations.fix_criteria(published())

    with writing():
        outcome = loaded(revise=True, reason="誤記", title='"川辺の灯り調査（改）"').outcome

    assert outcome is Outcome.REVISED


def test_only_the_office_of_a_call_publishes_and_revises(writing):
    with writing():
        call = published()
        outsider = queries.actor(person("sponsor@example.jp", Role.SPONSOR, call))

    with pytest.raises(NotPermitted), writing():
        loaded(by=outsider, revise=True, reason="改める", title='"別の題"')
    with pytest.raises(NotPermitted), writing():
        loaded(by=outsider, slug='"another"')


def test_numbers_of_a_call_have_no_gap(writing):
    with writing():
        published()

    with writing():
        call = queries.call("river-2031")
        numbers = [operations.next_number(call) for _ in range(3)]
        trail.record("calls.try_numbers", call, by=OPERATOR)

    assert numbers == ["KW-0001", "KW-0002", "KW-0003"]


def test_a_number_that_was_undone_is_given_again(writing):
    with writing():
        published()
    with writing() as session:
        operations.next_number(queries.call("river-2031"))
        session.rollback()

    with writing():
        call = queries.call("river-2031")
        number = operations.next_number(call)
        trail.record("calls.try_numbers", call, by=OPERATOR)

    assert number == "KW-0001"


@pytest.mark.parametrize(
    ("noted", "following"),
    [
        (["KW-0072", "KW-0007"], "KW-0073"),
        (["受付9999"], "KW-10000"),
        (["A-甲"], "KW-0001"),
        (["12-3", "0"], "KW-0004"),
        (["20310430170001"], "KW-20310430170002"),
        (["9" * 40], f"KW-1{'0' * 18}"),
    ],
)
def test_the_next_number_follows_the_highest_that_was_loaded(writing, noted, following):
    with writing():
        call = published()
        for number in noted:
            operations.note_number(call, number)
        number = operations.next_number(call)

    assert number == following


def test_a_role_is_held_in_one_call_or_in_all(writing, reading):
    with writing():
        call = published()
        user = person("a@example.jp")
        operations.grant(user, Role.AUDITOR, call, by=OPERATOR)
        operations.grant(user, Role.SPONSOR, None, by=OPERATOR)

    with reading():
        held = {(row.role, row.call_id) for row in queries.roles(user.id)}
        assert held == {(Role.AUDITOR, call.id), (Role.SPONSOR, None)}
        assert [past.action for past in audit.history(user)][:2] == ["users.grant", "users.grant"]


def test_a_role_is_not_given_twice(writing):
    with writing():
        user = person("a@example.jp")
        operations.grant(user, Role.AUDITOR, None, by=OPERATOR)

    with pytest.raises(Refused) as refusal, writing():
        operations.grant(user, Role.AUDITOR, None, by=OPERATOR)

    assert str(refusal.value) == "a@example.jp には、もう「監査」の役割があります。別の役割を選んでください。"


def test_a_role_that_was_taken_is_gone_and_cannot_be_taken_again(writing, reading):
    with writing():
        user = person("a@example.jp")
        operations.grant(user, Role.AUDITOR, None, by=OPERATOR)

    with writing():
        operations.revoke(user, Role.AUDITOR, None, by=OPERATOR)

    with reading():
        assert db.session.scalars(select(CallRole)).all() == []
    with pytest.raises(Refused, match=r"a@example\.jp に「監査」の役割はありません"), writing():
        operations.revoke(user, Role.AUDITOR, None, by=OPERATOR)


def test_only_an_administrator_gives_the_secretariat_s_roles_and_one_of_a_call_only_there(writing):
    with writing():
        call = published()
        local = queries.actor(person("local@example.jp", Role.ADMINISTRATOR, call))
        office = queries.actor(person("office@example.jp", Role.SECRETARIAT))
        user = person("a@example.jp")

    with pytest.raises(NotPermitted), writing():
        operations.grant(user, Role.ADMINISTRATOR, None, by=local)
    with pytest.raises(NotPermitted), writing():
        operations.grant(user, Role.SECRETARIAT, call, by=office)
    with writing():
        operations.grant(user, Role.REVIEWER, call, by=office)
        operations.grant(user, Role.SECRETARIAT, call, by=local)


@pytest.mark.parametrize(
    ("at", "is_open"),
    [
        (dt.datetime(2031, 4, 1, 8, 59, 59, 999999, TOKYO), False),
        (dt.datetime(2031, 4, 1, 9, tzinfo=TOKYO), True),
        (dt.datetime(2031, 4, 30, 17, tzinfo=TOKYO), True),
        (dt.datetime(2031, 4, 30, 8, tzinfo=dt.UTC), True),
        (dt.datetime(2031, 4, 30, 17, 0, 0, 1, TOKYO), False),
    ],
)
def test_a_call_is_open_to_the_microsecond_of_its_deadline(writing, at, is_open):
    with writing():
        call = published()

        assert call.is_open(at) is is_open


def test_the_versions_are_stored_as_printed(writing, reading):
    with writing():
        published()

    with reading():
        (row,) = db.session.scalars(select(CallVersion)).all()
        assert parse(row.definition) == parse(small_definition())
