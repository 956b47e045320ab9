"""The commands of calls and of people: what they print, what they refuse, and their exit statuses."""

import io
import re

import click
import pytest

from grantflow.accounts import passwords
from grantflow.accounts import queries as accounts
from grantflow.accounts.models import Role
from grantflow.calls import queries
from grantflow.calls.cli import call, users
from grantflow.calls.definition import parse
from grantflow.core.commands import CommandLine, run
from tests.factories.accounts import person
from tests.factories.calls import published, small_definition

GROUP = click.Group(commands=[call, users])


def identify(email):
    user = accounts.user(email)
    return queries.actor(user) if user else None


@pytest.fixture
def grantflow(store, monkeypatch, capsys):
    """`grantflow(*words)` answers with exit status, standard output and standard error."""

    def command(*words, stdin=""):
        monkeypatch.setattr("sys.argv", ["grantflow", *map(str, words)])
        monkeypatch.setattr("sys.stdin", io.StringIO(stdin))
        status = run(GROUP, CommandLine(identify=identify))
        printed = capsys.readouterr()
        return status, printed.out, printed.err

    return command


@pytest.fixture
def toml(tmp_path):
    """`toml(text)` is a file that holds it."""

    def write(text, name="call.toml"):
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write


def test_check_tells_what_the_call_is(grantflow, toml):
    status, out, err = grantflow("call", "check", toml(small_definition()))

    assert (status, err) == (0, "")
    assert out.splitlines() == [
        "river-2031：公募の定義として読めました。",
        "　事業：川辺の灯り調査（令和13年度）",
        "　委託元：架空庁　事務局：架空研究所",
        "　受付：令和13年4月1日（火）9:00 から 令和13年4月30日（水）17:00 まで",
        "　枠 ①（wide）：上限2,000,000円、2件程度",
        "　枠 ②（near）：上限500,000円、1件程度",
        "　審査：2項目、1～5点、重みの合計3、1件につき2人",
    ]


def test_check_names_the_key_of_every_error(grantflow, toml):
    path = toml(small_definition(cap_yen="0", closes_at="2031-03-01T00:00:00+09:00", timezone='"Nowhere"'))

    status, out, err = grantflow("call", "check", path)

    assert (status, out) == (2, "")
    assert [line.split(": ")[:2] for line in err.splitlines()] == [
        [str(path), "call.timezone"],
        [str(path), "schedule.closes_at"],
        [str(path), "tier[1].cap_yen"],
    ]


def test_check_names_the_line_of_a_syntax_error(grantflow, toml):
    path = toml("[call]\nslug = \n")

    status, _out, err = grantflow("call", "check", path)

    assert status == 2
    assert err.startswith(f"{path}:2: ")


def test_a_file_that_is_not_there_is_wrong_input(grantflow):
    assert grantflow("call", "load", "nowhere.toml") == (
        2,
        "",
        "nowhere.toml を読めません（No such file or directory）。場所と名前を確かめてください。\n",
    )


def test_load_publishes_once_and_then_changes_nothing(grantflow, toml):
    path = toml(small_definition())

    assert grantflow("call", "load", path) == (0, "river-2031：公開しました（第1版）。\n", "")
    assert grantflow("call", "load", path) == (0, "river-2031：同じ内容なので何も変えていません（第1版）。\n", "")


def test_a_bad_definition_loads_nothing(grantflow, toml, reading):
    status, out, _err = grantflow("call", "load", toml(small_definition(weight="0")))

    with reading():
        assert (status, out, queries.slugs()) == (2, "", [])


def test_other_content_is_refused_unless_it_is_a_revision_with_a_reason(grantflow, toml):
    grantflow("call", "load", toml(small_definition()))
    path = toml(small_definition(cap_yen="3_000_000"))

    refused = grantflow("call", "load", path)
    revised = grantflow("call", "load", path, "--revise", "--reason", "上限の訂正")

    assert (refused[0], refused[1]) == (1, "")
    assert revised == (
        0,
        "river-2031：新しい版にしました（第2版）。\n  tier[wide].cap_yen: 2000000 → 3000000\n",
        "",
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["--revise"], "--revise には --reason が必要です。何をなぜ改めるかを書いてください。\n"),
        (
            ["--reason", "誤記"],
            "--reason は --revise と一緒に使います。新しい版にするなら --revise を加えてください。\n",
        ),
    ],
)
def test_a_revision_and_its_reason_go_together(grantflow, toml, words, sentence):
    assert grantflow("call", "load", toml(small_definition()), *words) == (2, "", sentence)


def test_who_loads_must_be_of_the_office(grantflow, toml, writing):
    with writing():
        person("auditor@example.jp", Role.AUDITOR)

    assert grantflow("call", "load", toml(small_definition()), "--as", "auditor@example.jp") == (
        1,
        "",
        "この操作の権限がありません。--as のアカウントの役割を確かめてください。\n",
    )


def test_loading_the_dump_gives_the_same_call(grantflow, toml, writing):
    with writing():
        published()

    status, out, _err = grantflow("call", "dump", "river-2031")

    assert (status, parse(out)) == (0, parse(small_definition()))
    assert grantflow("call", "load", toml(out))[1] == "river-2031：同じ内容なので何も変えていません（第1版）。\n"


def test_an_unknown_call_is_wrong_input_and_the_known_ones_are_named(grantflow, writing):
    assert grantflow("call", "dump", "sea") == (
        2,
        "",
        "「sea」という公募はありません。次から選んでください：まだ1つもありません\n",
    )
    with writing():
        published()

    assert grantflow("call", "dump", "sea")[2] == "「sea」という公募はありません。次から選んでください：river-2031\n"


def test_archive_puts_a_call_away_that_is_over(grantflow, writing):
    with writing():
        published(opens_at="2001-04-01T09:00:00+09:00", closes_at="2001-04-30T17:00:00+09:00")

    assert grantflow("call", "archive", "river-2031") == (0, "river-2031：保管しました。\n", "")
    assert grantflow("call", "archive", "river-2031")[0] == 1


def test_a_new_person_gets_a_link_that_works_once(grantflow, writing, reading, monkeypatch, tmp_path):
    monkeypatch.setenv("GRANTFLOW_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("GRANTFLOW_PUBLIC_URL", "https://grants.example.jp")
    with writing():
        published()

    status, out, err = grantflow(
        *("users", "add", " Mei@Example.jp", "--name", "芽衣", "--role", "reviewer", "--call", "river-2031")
    )

    said, link = out.splitlines()
    assert (status, err, said) == (0, "", "mei@example.jp（芽衣）：審査委員、river-2031")
    key = re.fullmatch(r"https://grants\.example\.jp/welcome/([\w-]{43})", link)[1]
    with reading():
        assert accounts.link(key).user.email == "mei@example.jp"
        assert queries.has_role(accounts.user("mei@example.jp").id, Role.REVIEWER, queries.call("river-2031"))


def test_a_password_from_standard_input_is_set_and_no_link_is_printed(grantflow, reading):
    answer = grantflow(
        *("users", "add", "mei@example.jp", "--name", "芽衣", "--role", "administrator", "--password-stdin"),
        stdin="correct horse\n",
    )

    assert answer == (0, "mei@example.jp（芽衣）：管理者、すべての公募\n", "")
    with reading():
        assert passwords.matches(accounts.password_hash("mei@example.jp"), "correct horse")


def test_a_person_who_is_known_gets_the_further_role_and_keeps_the_name(grantflow, writing, reading):
    with writing():
        call = published()
        user = person("mei@example.jp", Role.AUDITOR, call, name="芽衣")

    answer = grantflow("users", "add", "mei@example.jp", "--name", "別の名", "--role", "sponsor")

    assert answer == (0, "mei@example.jp（芽衣）：所管官庁、すべての公募\n", "")
    with reading():
        assert {row.role for row in queries.roles(user.id)} == {Role.AUDITOR, Role.SPONSOR}


@pytest.mark.parametrize(
    ("words", "stdin", "status", "sentence"),
    [
        (["mei"], "", 2, "「mei」はメールアドレスではありません。name@example.jp の形で書いてください。\n"),
        (["m@x.jp", "--name", " "], "", 2, "--name が空です。画面に出る名前を書いてください。\n"),
        (["m@x.jp", "--password-stdin"], "short\n", 2, "パスワードは12文字以上1024文字以内にしてください。\n"),
        (
            ["known@example.jp", "--password-stdin"],
            "correct horse\n",
            2,
            "known@example.jp のアカウントは、もうあります。パスワードは本人が画面から変えてください。\n",
        ),
        (
            ["known@example.jp"],
            "",
            1,
            "known@example.jp には、もう「監査」の役割があります。別の役割を選んでください。\n",
        ),
    ],
    ids=["no address", "no name", "short password", "another's password", "role twice"],
)
def test_a_person_who_cannot_be_added_is_told_why(grantflow, writing, words, stdin, status, sentence):
    with writing():
        person("known@example.jp", Role.AUDITOR)

    answer = grantflow("users", "add", "--name", "芽衣", "--role", "auditor", *words, stdin=stdin)

    assert answer == (status, "", sentence)


def test_an_unknown_role_is_wrong_input(grantflow):
    status, _out, err = grantflow("users", "add", "m@x.jp", "--name", "芽衣", "--role", "boss")

    assert status == 2
    assert "'boss'" in err
