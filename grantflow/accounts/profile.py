"""The profile of an organisation (団体の情報): what it holds, and how each part of it is read from what people type."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from grantflow.accounts.models import Organization, TaxStatus
from grantflow.core import clock
from grantflow.core.dates import PartialDate, read_partial
from grantflow.core.identifiers import (
    parse_invoice_number,
    parse_phone,
    parse_postal_code,
    postal_text,
    read_corporate_number,
)
from grantflow.core.kana import read_kana
from grantflow.core.municipalities import label as place_label
from grantflow.core.municipalities import read_place
from grantflow.core.text import legal_form_of, legal_forms, problems_in_line, problems_in_name, search_key
from grantflow.core.words import Lazy, _, lazy

#: What a profile holds, in the order of its form; `grantflow.applications.outline` asks a proposal for the same.
LABELS: dict[str, Lazy] = {
    "name": lazy("団体名"),
    "kana": lazy("団体名のフリガナ"),
    "legal_form": lazy("法人格"),
    "founded": lazy("設立時期"),
    "corporate_number": lazy("法人番号"),
    "invoice_number": lazy("インボイスの登録番号"),
    "tax_status": lazy("消費税の課税区分"),
    "representative_title": lazy("代表者の肩書き"),
    "representative_name": lazy("代表者の氏名"),
    "contract_signer": lazy("契約する人（契約権者）"),
    "contact_name": lazy("担当者の氏名"),
    "contact_email": lazy("担当者のメールアドレス"),
    "contact_phone": lazy("担当者の電話番号"),
    "postal_code": lazy("郵便番号"),
    "municipality_code": lazy("市区町村"),
    "address": lazy("住所"),
}
KEYS = tuple(LABELS)
#: What tells of a person, or of where one lives: an event says that it changed, never what it says.
PERSONAL = frozenset(
    {"representative_name", "contract_signer", "contact_name", "contact_email", "contact_phone", "address"}
)
#: An index of the database takes about this much of a name's search key.
LONGEST_KEY = 600
#: What stands in the place of a representative's title where there is none (R3.1).
NO_TITLE = "代表"
OTHER_FORM = "その他の法人"


class Read(NamedTuple):
    """What is kept of a text, and sentences about what is odd in it."""

    value: str
    notes: tuple[str, ...] = ()


def read(key: str, text: str) -> Read:
    """What is kept of `text` as the part `key` of a profile; a `ValueError` whose message is a sentence for the user.

    Nothing but the name is ever demanded: an empty text is read as such (R0.4).
    """
    if not text.strip() and key != "name":
        return Read(TaxStatus.UNKNOWN.value if key == "tax_status" else "")
    return _READERS[key](text)


def notes(facts: Mapping[str, str]) -> list[str]:
    """What is odd about `facts`, as `read` kept them: each alone, and one beside the other (R5.2, R5.9, R5.10)."""
    found = [note for key in KEYS if facts.get(key) for note in read(key, facts[key]).notes]
    number, invoice = facts.get("corporate_number", ""), facts.get("invoice_number", "")
    if number and invoice:
        warning = parse_invoice_number(invoice, number).warning
        found += [warning] if warning else []
    found += _odd_form(facts.get("name", ""), facts.get("legal_form", ""))
    return list(dict.fromkeys(found))


def profile(organization: Organization) -> dict[str, str]:
    """The profile as texts, by key; the date as 2019-04, the tax status by its value."""
    found = {key: getattr(organization, key) for key in KEYS}
    return {key: "" if value is None else str(value) for key, value in found.items()}


def lines(facts: Mapping[str, str]) -> list[tuple[str, str]]:
    """What `facts` say, as labels and printed values; what is empty is left out, an unknown tax status too."""
    found = []
    for key in KEYS:
        value = printed(key, facts)
        if value:
            found.append((str(LABELS[key]), value))
    return found


def printed(key: str, facts: Mapping[str, str]) -> str:
    """The part `key` of `facts` as it is printed."""
    value = facts.get(key, "")
    if key == "representative_title" and facts.get("representative_name"):
        return value or NO_TITLE
    if key == "tax_status":
        return TaxStatus(value).label if value and value != TaxStatus.UNKNOWN else ""
    if not value:
        return ""
    if key == "founded":
        return PartialDate.parse(value).text()  # type: ignore[union-attr]
    if key == "postal_code":
        return postal_text(value)
    return place_label(value) if key == "municipality_code" else value


def _odd_form(name: str, legal_form: str) -> list[str]:
    """What the name says of the legal form that the choice does not, or says in short (R3.1, R5.10)."""
    named = legal_form_of(name)
    if named is None:
        return []
    found = []
    if named.name not in name:
        found.append(
            _(
                "団体名の法人格は、略さずに「%(form)s」と書くのが正式です。登記のとおりか確かめてください。",
                form=named.name,
            )
        )
    if legal_form and legal_form != named.name:
        found.append(
            _(
                "団体名には「%(named)s」とありますが、法人格は「%(chosen)s」です。どちらが正しいか確かめてください。",
                named=named.name,
                chosen=legal_form,
            )
        )
    return found


def _line(text: str) -> Read:
    for problem in problems_in_line(text):
        raise ValueError(problem.sentence)
    return Read(text.strip())


def _name(text: str) -> Read:
    problems = problems_in_name(text)
    for problem in problems:
        if problem.is_error:
            raise ValueError(problem.sentence)
    return Read(text.strip(), tuple(problem.sentence for problem in problems))


def _name_of_organization(text: str) -> Read:
    found = _name(text)
    key = search_key(found.value)
    if not key.strip() or len(key) > LONGEST_KEY:
        raise ValueError(_("この団体名は登録できません。登記や規約にある名前を書いてください。"))
    return found


def _founded(text: str) -> Read:
    date, warning = read_partial(text)
    told = [warning] if warning else []
    if date.earliest > clock.today():
        told.append(_("設立時期が先の日付です。年を確かめてください。"))
    return Read(str(date), tuple(told))


def _corporate_number(text: str) -> Read:
    number, warning = read_corporate_number(text)
    return Read(number, (warning,) if warning else ())


def _place(text: str) -> Read:
    code, warning = read_place(text)
    return Read(code, (warning,) if warning else ())


_READERS: dict[str, Callable[[str], Read]] = {
    "name": _name_of_organization,
    "kana": lambda text: Read(read_kana(text)),
    "legal_form": _line,
    "founded": _founded,
    "corporate_number": _corporate_number,
    "invoice_number": lambda text: Read(parse_invoice_number(text).number),
    "tax_status": lambda text: Read(TaxStatus(text).value),
    "representative_title": _line,
    "representative_name": _name,
    "contract_signer": _name,
    "contact_name": _name,
    "contact_email": _line,
    "contact_phone": lambda text: Read(parse_phone(text).typed),
    "postal_code": lambda text: Read(parse_postal_code(text)),
    "municipality_code": _place,
    "address": _line,
}


def forms() -> tuple[str, ...]:
    """The legal forms from which one chooses where no call says which may apply (R5.10).

    Groups without one come first: they are no exception (R0.4).
    """
    *incorporated, unincorporated = legal_forms()
    return (unincorporated, *incorporated, OTHER_FORM)
