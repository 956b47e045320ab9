"""Style sheets and scripts are asked for once, and again when they change."""

import os
import re
from pathlib import Path

import pytest

from grantflow.core import assets


def test_a_page_names_its_sheets_by_their_content_and_they_hold_for_a_year(browser) -> None:
    visitor = browser(None)
    sheets = re.findall(r'href="(/static/css/[^"]+)"', visitor.get("/").text)

    assert sheets
    for address in sheets:
        assert re.search(r"\.css\?v=[0-9a-f]{12}$", address)
        answer = visitor.get(address)
        assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "public, max-age=31536000, immutable")


@pytest.mark.parametrize("address", ["/static/css/base.css", "/static/css/base.css?v=000000000000"])
def test_without_its_own_mark_a_sheet_is_asked_for_each_time(browser, address: str) -> None:
    answer = browser(None).get(address)

    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-cache")


def test_a_file_that_changed_has_another_mark(tmp_path: Path) -> None:
    sheet = tmp_path / "sheet.css"
    sheet.write_text("a { color: red }", encoding="utf-8")
    before = assets.mark(sheet)
    sheet.write_text("a { color: tan }", encoding="utf-8")
    os.utime(sheet, ns=(0, 1))

    assert assets.mark(sheet) != before
