"""Letters: places that are filled, places that are refused, and a catalogue that keeps what it promises."""

import datetime as dt

import pytest

from grantflow.accounts.models import Role
from grantflow.core import words
from grantflow.core.clock import TOKYO
from grantflow.mail import letters
from grantflow.mail.catalogue import LINK, NAME, OF_CALLS, ROLE, TEMPLATES, Placeholder, Template
from grantflow.mail.failures import meaning
from grantflow.mail.letters import FOLDER, Letter

LAMP = Template("lamps.lit", "", ROLE.label, "", (NAME, Placeholder("address", "リンク", LINK, needed=True)))
every_template = pytest.mark.parametrize("key", TEMPLATES)


@every_template
def test_the_usual_words_of_a_template_use_its_places_and_no_others(key: str) -> None:
    template = TEMPLATES[key]
    usual = letters.usual(template)

    assert (letters.problems(template, usual.subject), letters.problems(template, usual.body)) == ([], [])
    assert letters.missing(template, usual) == []


@every_template
def test_a_specimen_leaves_no_place_open(key: str) -> None:
    specimen = letters.sample(TEMPLATES[key], letters.usual(TEMPLATES[key]))

    assert not set("{}") & set(specimen.subject + specimen.body)
    assert specimen.subject


@every_template
def test_a_template_has_no_two_places_of_one_name_and_a_key_has_its_link(key: str) -> None:
    template = TEMPLATES[key]
    labels = [place.label for place in template.placeholders]

    assert len(set(labels)) == len(labels)
    assert not template.carries_key or any(place.needed for place in template.placeholders)


def test_every_letter_that_is_written_is_in_the_catalogue() -> None:
    files = {path.relative_to(FOLDER).as_posix() for path in (FOLDER / "mail").rglob("*.txt")}

    assert files == {template.file for template in TEMPLATES.values()}


def test_a_letter_that_has_a_key_or_is_formal_never_waits() -> None:
    waiting = {key for key, template in TEMPLATES.items() if template.can_wait}

    assert not any(TEMPLATES[key].is_formal or TEMPLATES[key].carries_key for key in waiting)
    assert "calls.role" in waiting


def test_a_letter_that_knows_no_pace_never_waits() -> None:
    below_the_calls = [template for key, template in TEMPLATES.items() if key.startswith(("accounts.", "mail."))]

    assert [template.key for template in below_the_calls if template.can_wait] == []


def test_values_are_written_in_japanese_whoever_causes_the_mail() -> None:
    until = dt.datetime(2031, 4, 8, 17, 0, tzinfo=TOKYO)
    template = Template("lamps.until", "", "", "", (Placeholder("role", "役割", ""), Placeholder("until", "期限", "")))

    with words.speaking("en"):
        found = letters.filled(template, Letter("{役割}", "{期限}まで\n"), {"role": Role.REVIEWER, "until": until})

    assert found == Letter("審査委員", "令和13年4月8日（火）17:00まで\n")


def test_a_value_that_looks_like_a_place_stays_as_it_is() -> None:
    found = letters.filled(
        LAMP, Letter("{氏名}様", "｛ 氏名 ｝様\n{リンク}\n"), {"name": "{リンク}\nBcc: x", "address": "a"}
    )

    assert found == Letter("{リンク} Bcc: x様", "{リンク}\nBcc: x様\na\n")


@pytest.mark.parametrize("values", [{"name": "灯"}, {"name": "灯", "address": "a", "more": "b"}])
def test_values_that_are_not_those_of_the_places_are_a_mistake_of_ours(values: dict[str, str]) -> None:
    with pytest.raises(TypeError, match=r"^lamps\.lit is filled with"):
        letters.filled(LAMP, Letter("件名", "{リンク}\n"), values)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{氏名} 様", []),
        ("{団体名} 御中", ["「{団体名}」という差し込みはありません。使えるのは、{氏名}{リンク}です。"]),
        ("{{ name }}", ["「{」が閉じていません。差し込みは「{氏名}」のように、「}」で閉じてください。"]),
        (
            "{氏名 様\nこんにちは",
            ["「{氏名 様」が閉じていません。差し込みは「{氏名}」のように、「}」で閉じてください。"],
        ),
        ("氏名} 様", ["「}」の前に「{」がありません。差し込みは「{氏名}」のように書いてください。"]),
        ("{}", ["「{}」という差し込みはありません。使えるのは、{氏名}{リンク}です。"]),
        (
            "\ue000様",
            ["外字（U+E000）は他の機器で表示できません。文字情報基盤にある文字か、かなに置き換えてください。"],
        ),
    ],
)
def test_a_place_that_cannot_be_filled_is_named(text: str, sentence: list[str]) -> None:
    assert letters.problems(LAMP, text)[:1] == sentence


def test_words_without_the_link_are_refused() -> None:
    assert letters.missing(LAMP, Letter("{リンク}", "リンクはありません。\n")) == [
        "本文に「{リンク}」がありません。受け取った人が先に進めるように、入れてください。"
    ]


def test_only_letters_about_calls_are_worded_by_calls() -> None:
    assert {template.key for template in OF_CALLS} >= {"calls.invitation", "calls.role"}
    assert not any(template.key.startswith(("accounts.", "mail.")) for template in OF_CALLS)


@pytest.mark.parametrize(
    ("kind", "beginning"),
    [
        ("", ""),
        ("SMTPRecipientsRefused 550", "宛先のサーバーが受け取りを断りました。"),
        ("SMTPRecipientsRefused 451", "宛先のサーバーが、いまは受け取れないと答えました。"),
        ("SMTPAuthenticationError 535", "メールサーバーにサインインできませんでした。"),
        ("ConnectionRefusedError", "メールサーバーにつながりませんでした。"),
        ("TimeoutError", "メールサーバーにつながりませんでした。"),
    ],
)
def test_a_failure_is_told_in_words(kind: str, beginning: str) -> None:
    assert meaning(kind).startswith(beginning)
    assert bool(meaning(kind)) == bool(kind)
