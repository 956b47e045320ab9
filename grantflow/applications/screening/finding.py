"""What the program found in a proposal (形式審査の指摘): of which kind, how certain it is, where it stands (R3.7)."""

import hashlib
from dataclasses import dataclass

from grantflow.applications.outline import Part
from grantflow.audit.chain import canonical
from grantflow.core.words import Labelled, _, lazy


class Severity(Labelled):
    """Whether something is wrong for certain, or somebody has to look."""

    CERTAIN = "certain", lazy("直しが要ります")
    LOOK = "look", lazy("確かめてください")


class Kind(Labelled):
    """What was found."""

    BLANK = "blank", lazy("空の欄")
    EMPTY_WORDS = "empty_words", lazy("中身のない答え")
    TOO_LONG = "too_long", lazy("文字数の超過")
    DRAFT = "draft", lazy("下書きの印")
    MY_NUMBER = "my_number", lazy("マイナンバーの形の数字")
    NOTHING_ASKED_FOR = "nothing_asked_for", lazy("0円の申請")
    OVER_THE_CAP = "over_the_cap", lazy("上限額の超過")
    AMOUNTS_DIFFER = "amounts_differ", lazy("金額のくいちがい")
    OVERHEAD = "indirect_costs", lazy("一般管理費の超過")
    SHARES = "shares", lazy("分ける額の超過")
    LEGAL_FORM = "legal_form", lazy("団体の法人格")
    NUMBERS_DIFFER = "numbers_differ", lazy("番号のくいちがい")
    CONTACT = "contact", lazy("担当者")
    ITSELF_A_PARTNER = "itself_a_partner", lazy("自分を相手に挙げた")
    OFFICERS = "officers", lazy("役員の人数")
    OUT_OF_THE_PERIOD = "out_of_the_period", lazy("期間の外の予定")
    NO_TARGET = "no_target", lazy("目標のない指標")
    NOTHING_ADDED = "nothing_added", lazy("新しく加える要素")
    NOT_CONFIRMED = "not_confirmed", lazy("要件の確認")
    REFUSED = "refused", lazy("承諾しない連携先")
    MISSING_PAPER = "missing_paper", lazy("足りない書類")
    OLD_PAPER = "old_paper", lazy("古い書類")
    SPARE_PAPER = "spare_paper", lazy("多すぎる書類")
    UNREADABLE = "unreadable", lazy("開けないファイル")
    PAPER_OF_ANOTHER = "paper_of_another", lazy("ほかの団体と同じファイル")
    PAPER_TWICE = "paper_twice", lazy("同じファイルの重なり")
    SECOND_PROPOSAL = "second_proposal", lazy("2件目の応募")
    SAME_NUMBER = "same_number", lazy("同じ法人番号の応募")
    SAME_NAME = "same_name", lazy("同じ名前の応募")
    SAME_CONTACT = "same_contact", lazy("同じ連絡先の応募")
    WRONG = "wrong", lazy("そのほかの不備")


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: its part, the field of that part's form, and the row in it (0: no row)."""

    part: Part
    field: str
    row: int
    #: What the call calls the part, and what the field is called; empty where the whole part is meant.
    name: str
    label: str

    @property
    def words(self) -> str:
        """The place as people say it."""
        where = _("%(row)s行目の%(label)s", row=self.row, label=self.label) if self.row else self.label
        return _("%(part)s：%(where)s", part=self.name, where=where) if where else self.name

    @property
    def anchor(self) -> str:
        """Where the part stands on the page of the proposal."""
        return f"part-{self.part}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that the program found, with a sentence that says what it is and what to do.

    `facts` are what the sentence tells besides its place: with other facts it is another finding. A number that looks
    like a 個人番号 stands in none of them (R6.6).
    """

    kind: Kind
    severity: Severity
    place: Place
    sentence: str
    facts: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        """What it is known by, for as long as the proposal says the same: 32 hexadecimal digits."""
        told = canonical({"kind": self.kind, "part": self.place.part, "field": self.place.field, "facts": self.facts})
        return hashlib.sha256(told.encode()).hexdigest()[:32]
