"""What no page can show and no database keep goes no further than the request."""

import json
from collections.abc import Callable
from io import BytesIO

import pytest

from grantflow.core.incoming import FIELDS, ShownRequest, shown
from tests.browsing import Browser

Open = Callable[..., Browser]


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("灯り\x00を\x1b増やす\x7f\x85", "灯りを増やす"),
        ("一行\r\n二行\tあと", "一行\r\n二行\tあと"),
        ("字\ufffe\ufdd0\U0010ffff", "字"),
        ("👨\u200d👩 葛\U000e0100 \ue000", "👨\u200d👩 葛\U000e0100 \ue000"),
    ],
)
def test_only_what_stands_for_nothing_is_dropped(typed: str, kept: str) -> None:
    assert shown(typed) == kept


def test_a_question_of_odd_bytes_can_be_read() -> None:
    asked = ShownRequest({"QUERY_STRING": "q=%E7%81%AF\xff\xfe&page=2%00", "PATH_INFO": "/", "REQUEST_METHOD": "GET"})

    assert (asked.args["q"].startswith("灯"), asked.args["page"]) == (True, "2")


def test_an_address_with_a_control_character_leads_nowhere(browser: Open) -> None:
    assert browser().get("/calls/%00").status_code == 404


def test_a_form_keeps_what_can_be_shown(browser: Open) -> None:
    answer = browser().post("/sign-in", {"email": "nobody\x00@example.jp", "password": "\x1bwrong-password"})

    assert answer.status_code == 422
    assert 'value="nobody@example.jp"' in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    "sent",
    [
        {"data": {"email": (BytesIO(b"x"), "x.pdf"), "password": (BytesIO(b"x"), "x.pdf")}},
        {"data": json.dumps({"email": {"a": []}, "password": 5}), "content_type": "application/json"},
        {"data": "5", "content_type": "application/json"},
        {"data": b"\xff\xfe\x00=%ff", "content_type": "application/x-www-form-urlencoded"},
        {
            "data": b"--x\r\nContent-Disposition: form-data\r\n\r\nx\r\n--x--",
            "content_type": "multipart/form-data; boundary=x",
        },
    ],
)
def test_a_file_or_json_where_text_is_asked_for_is_no_text(browser: Open, sent: dict) -> None:
    answer = browser().client.post("/sign-in", **sent)

    assert answer.status_code == 422


def test_fields_that_a_script_sends_are_a_form(browser: Open) -> None:
    sent = json.dumps([["email", "nobody\x00@example.jp"], ["password", "wrong-password"]])

    answer = browser().client.post("/sign-in", data=sent, content_type=FIELDS)

    assert answer.status_code == 422
    assert 'value="nobody@example.jp"' in answer.get_data(as_text=True)


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ("", 400),
        ("5", 400),
        ("[[", 400),
        ("[" * 100_000, 400),
        ('[["email"]]', 400),
        ('[["email", 5]]', 400),
        ('[["email", ["a"]]]', 400),
        (b"\xff\xfe", 400),
        (json.dumps([["email", "a" * 600_000]]), 413),
    ],
)
def test_what_is_no_fields_is_refused(browser: Open, sent: str | bytes, status: int) -> None:
    answer = browser().client.post("/sign-in", data=sent, content_type=FIELDS)

    assert answer.status_code == status
