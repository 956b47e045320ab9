"""Every part of the interface on one page with invented values, to be looked at and to be tested.

`python tests/ui/gallery.py FOLDER` writes pictures of it at the widths of a desk and of a telephone.
"""

import datetime as dt
import os
import shutil
import sys
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import jinja2
from wtforms import (
    BooleanField,
    FileField,
    Form,
    IntegerField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    validators,
    widgets,
)
from wtforms.fields.choices import SelectChoice

ROOT = Path(__file__).parents[2]
TEMPLATES = ROOT / "templates"
STATIC = ROOT / "grantflow" / "static"
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
JST = dt.timezone(dt.timedelta(hours=9))
AT = dt.datetime(2023, 5, 26, 17, 0, tzinfo=JST)


class Sample(Form):
    """One field of every kind."""

    title = StringField("事業名", [validators.InputRequired()], description="40字以内で書いてください。")
    summary = TextAreaField("概要", [validators.InputRequired("概要が空です。200字以内で書いてください。")])
    requested = IntegerField("申請額（円）")
    tier = SelectField("枠", choices=[SelectChoice("a", "第一の枠"), SelectChoice("b", "第二の枠")])
    decision = RadioField(
        "決定",
        [validators.InputRequired("決定が選ばれていません。一つ選んでください。")],
        choices=[SelectChoice("yes", "採択する"), SelectChoice("wait", "補欠にする"), SelectChoice("no", "採択しない")],
    )
    audience = SelectMultipleField(
        "対象（いくつでも）",
        choices=[SelectChoice("y", "若者"), SelectChoice("o", "高齢者")],
        option_widget=widgets.CheckboxInput(),
        widget=widgets.ListWidget(prefix_label=False),
    )
    agreed = BooleanField("公募要領を読みました", [validators.InputRequired()])
    paper = FileField("名簿のファイル", description="CSV または XLSX。20 MB まで。")
    password = PasswordField("パスワード")


def _untranslated(source: str, **values: object) -> str:
    return source % values if values else source


def _address(endpoint: str, **values: object) -> str:
    if endpoint == "static":
        return f"http://gallery.test/static/{values['filename']}"
    return f"#{endpoint}"


def environment() -> jinja2.Environment:
    """Jinja with what the application gives every template, in its plainest form."""
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader([TEMPLATES, Path(__file__).parent]),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    env.globals.update(_=_untranslated, url_for=_address, csrf_token=lambda: "token", language="ja", role_label=str)
    env.filters.update(
        yen=lambda amount: f"{amount:,}円",
        moment=lambda at: "令和5年5月26日（金）17:00",
        exact=lambda at: "令和5年5月26日（金）17:00:00.000000",
        day=lambda on: "令和5年5月26日",
        partial=lambda on: on.text(),
        iso=lambda value: value.isoformat(),
    )
    return env


class Founded:
    """A date of which only the month is known."""

    def __str__(self) -> str:
        return "2008-03"

    def text(self) -> str:
        """As people read it."""
        return "2008年3月"


def ranking() -> list[dict[str, object]]:
    """Sixteen invented proposals, one of them without enough reviews."""
    spans = [(1, 3), (1, 4), (1, 5), (2, 7), (3, 8), (4, 9), (5, 10), (6, 11), (6, 12), (8, 13), (9, 14), (9, 15),
             (11, 15), (12, 15), (13, 15)]  # fmt: skip
    zones = ["clear_in"] * 6 + ["border"] * 5 + ["clear_out"] * 4
    ranked: list[dict[str, object]] = [
        {"number": f"X-{rank:04}", "rank": rank, "rank_low": low, "rank_high": high, "zone": zone}
        for rank, ((low, high), zone) in enumerate(zip(spans, zones, strict=True), 1)
    ]
    return [*ranked, {"number": "X-0016", "rank": None, "rank_low": None, "rank_high": None, "zone": "incomplete"}]


def values() -> dict[str, object]:
    """What the gallery's template shows."""
    form = Sample(data={"requested": 2000000, "tier": "a"})
    form.validate()
    form.title.errors = ("事業名が空です。40字以内で書いてください。",)
    places = ["やること", "応募", "審査", "採択", "案件", "記録"]
    return {
        "form": form,
        "ranking": ranking(),
        "at": AT,
        "founded": Founded(),
        "languages": {"ja": "日本語", "en": "English"},
        "actor": SimpleNamespace(is_authenticated=True, name="事務 花子", role="事務局"),
        "call": SimpleNamespace(title="令和の見本モデル事業の公募", fiscal_year=2023),
        "navigation": [SimpleNamespace(label=label, url="#", current=label == "審査") for label in places],
        "messages": [("success", "審査の結果を読み込みました。48件のうち48件です。")],
    }


def rendered(template: str = "gallery.html", **more: object) -> str:
    """The HTML of `template` with the gallery's values."""
    return environment().get_template(template).render(values() | more)


def find_chromium() -> str | None:
    """The browser that the tests drive: the setting's, else the first one installed."""
    # The first has no windows of its own to draw, and is a third faster
    names = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    return os.environ.get("GRANTFLOW_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)


@contextmanager
def launched(chromium: str):
    """A running browser."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(CHROMIUM_FLAGS))
        yield browser
        browser.close()


@contextmanager
def browser_page(browser, html: str, width: int):
    """A page of the browser showing `html` under the security policy of the application."""
    policy = {"content-security-policy": "default-src 'self'; frame-ancestors 'none'"}

    def answer(route):
        path = route.request.url.removeprefix("http://gallery.test/")
        if path.startswith("static/"):
            route.fulfill(path=STATIC / path.removeprefix("static/"))
        else:
            route.fulfill(body=html, content_type="text/html; charset=utf-8", headers=policy)

    page = browser.new_page(viewport={"width": width, "height": 900})
    page.route("http://gallery.test/**", answer)
    page.goto("http://gallery.test/")
    yield page
    page.close()


def main(folder: str) -> None:
    """Write the pictures into `folder`."""
    out = Path(folder)
    out.mkdir(parents=True, exist_ok=True)
    chromium = find_chromium()
    if chromium is None:
        sys.exit("No Chromium was found: set GRANTFLOW_CHROMIUM.")
    with launched(chromium) as browser:
        for width in (1280, 375):
            for name, html in (("gallery", rendered()), ("error", rendered("errors/stale.html", messages=[]))):
                with browser_page(browser, html, width) as page:
                    page.screenshot(path=out / f"{name}-{width}.png", full_page=True)
                    if width == 1280:
                        page.pdf(path=out / f"{name}.pdf", format="A4", prefer_css_page_size=True)


if __name__ == "__main__":
    main(sys.argv[1])
