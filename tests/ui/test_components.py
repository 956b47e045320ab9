"""What the macros write, read as a document."""

from types import SimpleNamespace

import html5lib
import pytest

from tests.ui import gallery

XHTML = "{http://www.w3.org/1999/xhtml}"


def _parsed(html: str):
    return html5lib.HTMLParser(strict=True).parse(html)


def _fragment(html: str):
    return html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parseFragment(str(html))


def _words(element) -> str:
    return " ".join("".join(element.itertext()).split())


def _sample(**data) -> gallery.Sample:
    form = gallery.Sample(data=data)
    form.validate()
    return form


def test_the_gallery_is_a_valid_document_with_one_main_heading():
    document = _parsed(gallery.rendered())

    assert [_words(h1) for h1 in document.iter(f"{XHTML}h1")] == ["画面の部品の見本"]
    assert document.get("lang") == "ja"


def test_ids_in_the_gallery_are_unique():
    ids = [element.get("id") for element in _parsed(gallery.rendered()).iter() if element.get("id")]

    assert sorted(ids) == sorted(set(ids))


def test_the_header_names_the_call_the_year_the_role_and_the_person():
    header = next(_parsed(gallery.rendered()).iter(f"{XHTML}header"))

    assert _words(header.find(f".//{XHTML}p")) == "令和の見本モデル事業の公募"
    assert [_words(fact) for fact in header.iter(f"{XHTML}dd")] == ["令和5年度", "事務局", "事務 花子"]
    assert [button.get("value") for button in header.iter(f"{XHTML}button")] == ["en", None]


def test_a_visitor_sees_a_way_to_sign_in_and_no_facts(env):
    values = {**gallery.values(), "actor": SimpleNamespace(is_authenticated=False), "call": None, "navigation": []}

    header = next(_parsed(env.get_template("errors/404.html").render(values)).iter(f"{XHTML}header"))

    assert list(header.iter(f"{XHTML}dl")) == []
    assert list(header.iter(f"{XHTML}nav")) == []
    assert [a.get("href") for a in header.iter(f"{XHTML}a")] == ["#home.front", "#accounts.sign_in"]


ERROR_PAGES = sorted(path.name for path in (gallery.TEMPLATES / "errors").glob("[!_]*.html"))


@pytest.mark.parametrize("name", ERROR_PAGES)
def test_an_error_page_says_what_happened_and_what_to_do(name):
    main = next(_parsed(gallery.rendered(f"errors/{name}", messages=[])).iter(f"{XHTML}main"))
    sentences = [_words(p) for p in main.iter(f"{XHTML}p")]

    assert len(sentences) == 2
    assert all(sentence.endswith("。") for sentence in sentences)
    assert sentences[1].endswith("ください。")
    assert "エラーが発生しました" not in _words(main)


def test_a_refusal_is_told_in_its_own_words_with_the_number_to_give():
    sentence = "締切を過ぎています。事務局に相談してください。"

    html = gallery.rendered("errors/refused.html", message=sentence, reference="ABC-1", messages=[])
    sentences = [_words(p) for p in next(_parsed(html).iter(f"{XHTML}main")).iter(f"{XHTML}p")]

    assert sentences[0] == sentence
    assert sentences[2] == "問い合わせのときは、この番号を知らせてください：ABC-1"


def test_a_field_ties_its_hint_and_its_error_to_the_box(macro):
    form = _sample()
    form.title.errors = ("事業名が空です。40字以内で書いてください。",)

    field = _fragment(macro("field", "field")(form.title))
    box = field.find(".//input")

    assert _words(field.find(".//label")) == "事業名※必須"
    assert box.get("aria-describedby") == "title-hint title-error"
    assert box.get("aria-invalid") == "true"
    assert [_words(p) for p in field.iter("p")] == [
        "40字以内で書いてください。",
        "事業名が空です。40字以内で書いてください。",
    ]


def test_a_sound_field_claims_no_error_and_keeps_what_was_typed(macro):
    field = _fragment(macro("field", "field")(_sample(requested=2000000).requested, width="number"))
    box = field.find(".//input")

    assert (box.get("value"), box.get("aria-invalid"), box.get("aria-describedby")) == ("2000000", None, None)
    assert box.get("class") == "input input--number"


def test_choices_stand_in_a_group_with_a_legend(macro):
    group = _fragment(macro("field", "field")(_sample().decision)).find(".//fieldset")

    assert group.get("aria-describedby") == "decision-error"
    assert _words(group.find("legend")) == "決定※必須"
    assert [(label.get("for"), _words(label)) for label in group.iter("label")] == [
        ("decision-0", "採択する"),
        ("decision-1", "補欠にする"),
        ("decision-2", "採択しない"),
    ]


def test_the_error_summary_leads_to_each_field_and_takes_the_focus(macro):
    summary = _fragment(macro("error_summary", "error_summary")(_sample())).find("div")
    links = {a.get("href"): _words(a) for a in summary.iter("a")}

    assert (summary.get("role"), summary.get("tabindex"), summary.get("autofocus")) == ("alert", "-1", "")
    assert links["#summary"] == "概要：概要が空です。200字以内で書いてください。"
    assert links["#decision-0"] == "決定：決定が選ばれていません。一つ選んでください。"


def test_a_form_without_problems_has_no_summary(macro):
    assert macro("error_summary", "error_summary")(gallery.Sample()).strip() == ""


def test_values_are_escaped(macro):
    cell = macro("table", "cell")("団体", "<b>太い</b>")

    assert "<b>" not in cell
    assert "&lt;b&gt;太い&lt;/b&gt;" in cell


def test_an_empty_cell_leaves_its_card(macro):
    cell = macro("table", "cell")

    assert [_fragment(f"<table><tr>{cell('額', value, kind='number')}</table>").find(".//td").get("class")
            for value in (None, "", 0, "1円")] == [
        "is-number is-empty", "is-number is-empty", "is-number", "is-number"]  # fmt: skip


def test_a_sorted_column_says_so(macro):
    head = macro("table", "column_head")({"label": "額", "kind": "number", "sort_url": "?s=1", "sorted": "descending"})
    column = _fragment(f"<table><tr>{head}</table>").find(".//th")

    assert column.get("aria-sort") == "descending"
    assert _words(column) == "額（降順）"


def test_the_current_page_is_marked(macro):
    pages = [{"number": 1, "url": "?page=1", "current": True}, None, {"number": 9, "url": "?page=9", "current": False}]

    links = list(_fragment(macro("pagination", "pagination")(pages, next="?page=2")).iter("a"))

    assert [(a.get("href"), a.get("aria-current")) for a in links] == [
        ("?page=1", "page"),
        ("?page=9", None),
        ("?page=2", None),
    ]


@pytest.mark.parametrize(
    ("year", "words"), [(1989, "平成元年度"), (2018, "平成30年度"), (2019, "令和元年度"), ("2023", "令和5年度")]
)
def test_a_fiscal_year_is_told_in_its_era(macro, year, words):
    assert macro("date", "fiscal_year")(year).strip() == words


def _picture(macro, planned: int, count: int = 10, **zone):
    entries = [
        {"number": "X-0001", "rank": 1, "rank_low": 1, "rank_high": 4, "zone": "clear_in"},
        {"number": "X-0002", "rank": 2, "rank_low": 1, "rank_high": 10, "zone": "border"},
        {"number": "X-0003", "rank": None, "rank_low": None, "rank_high": None, "zone": "incomplete"},
    ]
    return _fragment(macro("intervals", "intervals")("p", "順位の幅", entries, planned, count, "t", **zone))


def _drawn(figure, name: str):
    return [e for e in figure.iter() if name in (e.get("class") or "").split()]


def test_the_intervals_are_drawn_to_scale(macro):
    figure = _picture(macro, planned=4, zone_low=3, zone_high=5)
    svg = next(e for e in figure.iter() if e.get("role") == "img")
    ranges = [(e.get("x1"), e.get("x2")) for e in _drawn(svg, "pic-range")]

    assert svg.get("aria-describedby") == "t"
    assert ranges == [("27.000%", "55.400%"), ("27.000%", "98.000%")]
    assert [e.get("x1") for e in _drawn(svg, "pic-line")] == ["55.400%"]
    assert [(e.get("x"), e.get("width")) for e in _drawn(svg, "pic-zone")] == [("41.200%", "21.300%")]


def test_a_planned_number_beyond_the_proposals_is_told_in_words(macro):
    figure = _picture(macro, planned=40)

    assert _drawn(figure, "pic-line") == []
    assert [_words(p) for p in figure.iter("p")] == [
        "採択予定数（40件）が順位の付いた応募（10件）以上なので、線はありません。"
    ]


def test_each_interval_is_told_in_words_too(macro):
    svg = next(e for e in _picture(macro, planned=4).iter() if e.get("role") == "img")
    titles = [_words(e) for e in svg.iter() if e.tag.endswith("title")]

    assert titles == [
        "順位の幅",
        "X-0001：順位1、幅1から4、予定数の内側",
        "X-0002：順位2、幅1から10、境界",
        "X-0003：順位なし",
    ]


def test_bars_carry_their_numbers(macro):
    items = [
        {"label": "旅費", "value": 200, "part": 50, "text": "200円のうち 50円"},
        {"label": "謝金", "value": 100, "text": "100円"},
    ]

    figure = _fragment(macro("bars", "bars")("b", "予算", items))

    assert [e.get("width") for e in _drawn(figure, "pic-bar")] == ["25.000%", "50.000%"]
    assert next(_words(e) for e in figure.iter() if e.tag.endswith("desc")) == "旅費：200円のうち 50円、謝金：100円"
