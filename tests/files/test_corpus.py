"""Hostile and odd files each get the verdict that they should: taken as what they are, or refused with what to do."""

import pytest

from grantflow.files import names
from grantflow.files.kinds import Kind
from grantflow.files.limits import Limits
from grantflow.files.verdicts import judge
from tests.files.builders import a_pdf, a_picture, an_office_file
from tests.files.corpus import CASES, NAMES


@pytest.mark.parametrize(("name", "build", "wanted"), [case[1:] for case in CASES], ids=[case[0] for case in CASES])
def test_a_file_is_taken_as_what_it_is_or_refused_with_what_to_do(name, build, wanted):
    verdict = judge(build(), name)

    if isinstance(wanted, Kind):
        assert (verdict.kind, verdict.refusal) == (wanted, None)
        assert verdict.name.lower().endswith(wanted.extension)
    else:
        assert verdict.kind is None
        assert wanted in (verdict.refusal or "taken")
        assert str(verdict.refusal).endswith("ください。")


def test_the_corpus_is_large_enough():
    assert len(CASES) >= 60
    assert len({case[0] for case in CASES}) == len(CASES)


@pytest.mark.parametrize(("came", "shown"), NAMES)
def test_a_name_is_safe_to_show_and_to_save_under(came, shown):
    verdict = judge(a_pdf(), came)

    assert (verdict.kind, verdict.name) == (Kind.PDF, shown)
    assert len(verdict.name.encode()) <= names.MOST_BYTES


def test_a_name_that_says_something_else_is_told():
    assert judge(a_pdf(), "計画.docx").warnings == ("中身は PDF でした。名前を「計画.pdf」に変えて受け取ります。",)
    assert judge(a_pdf(), "計画.PDF").warnings == ()


def test_the_raw_name_keeps_all_that_a_database_holds():
    assert names.raw("決算\u202e\ue000ハ\u3099.pdf") == "決算\u202e\ue000ハ\u3099.pdf"
    assert names.raw("a\x00\ud800.pdf") == "a\ufffd\ufffd.pdf"


@pytest.mark.parametrize(
    ("build", "kinds", "wanted"),
    [
        (a_pdf, (Kind.PDF,), None),
        (an_office_file, (Kind.PDF,), "ここで受け取れるのは PDF です。その形式で保存し直して、選び直してください。"),
        (a_picture, (Kind.JPEG, Kind.PNG), None),
    ],
)
def test_a_place_may_take_fewer_kinds(build, kinds, wanted):
    assert judge(build(), "a", kinds).refusal == wanted


def test_the_limit_that_is_shown_is_the_one_that_is_enforced():
    limits = Limits(largest_file=2048, files=2, whole=3000)
    content = a_pdf()

    exactly, over = content + b"\n" * (2048 - len(content)), content + b"\n" * (2049 - len(content))

    assert "1件は2KBまで" in limits.sentences()
    assert judge(exactly, "a.pdf", limits=limits).refusal is None
    assert judge(over, "a.pdf", limits=limits).refusal == (
        "ファイルが大きすぎます（3KB）。2KBまでに小さくするか、いくつかに分けてください。"
    )


@pytest.mark.parametrize(
    ("there", "adding", "wanted"),
    [
        ([1000], [2000], None),
        ([1000], [2001], "合わせて3KBまで"),
        ([1, 1], [1], "2件まで"),
        ([1], [1], None),
    ],
)
def test_the_files_of_a_proposal_have_a_number_and_a_sum(there, adding, wanted):
    refusal = Limits(largest_file=2048, files=2, whole=3000).refusal(there, adding)

    assert refusal is None if wanted is None else wanted in (refusal or "")
