"""The past of a record is told in words, its states as its page names them."""

from grantflow.audit.queries import Past
from grantflow.home.history import Difference, events


def past(action: str, **details: object) -> Past:
    return Past(1, "2031-04-01T09:00:00.000000+09:00", "早瀬 みのり", "secretariat", action, details, "0" * 64, True)


def test_a_move_is_told_by_the_words_of_its_states() -> None:
    (event,) = events([past("applications.adopt", before="eligible", after="adopted", decision="adopted", reason="")])

    assert (event.what, event.role) == ("採択と決めた", "事務局")
    assert event.differences == (Difference("状態", "審査対象", "採択"),)
    assert event.remark == "採否：採択"


def test_one_word_for_a_state_belongs_to_one_kind_of_record() -> None:
    call, adoption_list = events(
        [
            past("calls.publish", before="draft", after="published"),
            past("adoption_lists.lapse", before="frozen", after="draft"),
        ]
    )

    assert [call.differences[0].before, adoption_list.differences[0].after] == ["準備中", "案"]


def test_rows_are_told_by_the_names_of_their_boxes_and_what_is_empty_is_left_out() -> None:
    lines = [{"item": "謝金", "unit_price": 9000, "unit": ""}, {"item": "食材", "unit_price": None, "unit": "食"}]

    (event,) = events(
        [past("applications.write", before={"rows": []}, after={"rows": [{"what": "研修"}], "lines": lines})]
    )

    assert event.differences == (
        Difference("経費", "", "内容：謝金、単価（円）：9000 / 内容：食材、単位：食"),
        Difference("内容", "", "すること：研修"),
    )


def test_when_a_proposal_came_is_told_as_a_moment() -> None:
    (event,) = events([past("applications.submit", received_at="2031-04-01T09:00:00.000000+09:00")])

    assert event.remark == "受付日時：令和13年4月1日（火）9:00"


def test_what_has_no_name_is_shown_as_it_was_written() -> None:
    (event,) = events([past("something.new", strange=["a", "b"], changes=[{"path": "x", "before": 1, "after": 2}])])

    assert (event.what, event.remark) == ("something.new", "strange：a、b")
    assert event.differences == (Difference("x", "1", "2"),)


def test_answers_are_told_by_the_texts_of_their_questions() -> None:
    wrote = past(
        "applications.write", before={"answers": {"why": "古い"}}, after={"answers": {"why": "新しい", "gone": "x"}}
    )

    (event,) = events([wrote], {"why": "なぜ、いまですか"})

    assert event.differences == (
        Difference("設問（gone）", "", "x"),
        Difference("設問（なぜ、いまですか）", "古い", "新しい"),
    )
