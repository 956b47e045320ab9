"""The forms of applications: what a list is asked for, and why a proposal is moved."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from wtforms import HiddenField, RadioField, SubmitField, TextAreaField
from wtforms.validators import DataRequired, InputRequired, Length

from grantflow.accounts.group_forms import GroupFields, NewGroupForm
from grantflow.accounts.models import Organization
from grantflow.applications.models import Application, ApplicationStatus
from grantflow.applications.queries import Filters, Sort
from grantflow.calls.models import Call
from grantflow.core.forms import BaseForm
from grantflow.core.text import yen
from grantflow.core.words import _, lazy

#: What follows from a move, said before it is made.
CONSEQUENCES = {
    "find_ineligible": lazy(
        "審査と採択の対象から外れます。書いた理由を、代表者と連絡先にメールで知らせ、応募の画面にも示します。"
        "受付番号と記録は残り、応募の件数には数えます。あとで審査対象に戻せます。"
    ),
    "find_eligible": lazy("ほかの応募と同じように、審査と採択の対象になります。"),
    "withdraw": lazy(
        "審査と採択の対象から外れ、元には戻せません。受付番号と記録は残り、応募の件数には数えます。"
        "採択団体一覧を確定した後なら、一覧をもう一度確定することになります。"
    ),
    "put_away": lazy(
        "書いた内容は読めるまま残り、書き直しと提出はできなくなります。元には戻せません。受付番号は付きません。"
    ),
}


#: The same said to the group itself.
CONSEQUENCES_FOR_THE_GROUP = {
    "withdraw": lazy(
        "審査と採択の対象から外れ、元には戻せません。受付番号と記録は残ります。代表者と連絡先に、メールで知らせます。"
    ),
}


class MoveForm(BaseForm):
    """Why a proposal is moved."""

    reason = TextAreaField(
        lazy("理由"),
        [
            DataRequired(lazy("理由を入力してください。")),
            Length(max=2000, message=lazy("理由は2,000文字以内で入力してください。")),
        ],
        description=lazy("記録に残ります。後から読む人に分かるように、事実と日付を書いてください。"),
        render_kw={"rows": 4},
    )
    submit = SubmitField()

    @classmethod
    def of(cls, name: str, application: Application) -> "MoveForm":
        """The form of the move `name`; a first finding of eligibility and a draft need no reason."""
        form = cls()
        if name == "put_away" or (name == "find_eligible" and application.status is ApplicationStatus.SUBMITTED):
            form.reason.validators = [each for each in form.reason.validators if not isinstance(each, DataRequired)]
            form.reason.flags.required = False
        return form


class StartForm(BaseForm):
    """With which organisation one applies, and to which tier."""

    organization = RadioField(
        lazy("応募する団体"), [InputRequired(lazy("応募する団体を選んでください。"))], validate_choice=True
    )
    tier = RadioField(lazy("応募する枠"), [InputRequired(lazy("応募する枠を選んでください。"))])
    submit = SubmitField(lazy("応募を書き始める"))

    @classmethod
    def of(cls, call: Call, organizations: list[Organization], wanted: str = "") -> "StartForm":
        """The form with one's own organisations and the call's tiers; what can only be one is chosen beforehand."""
        form = cls()
        form.organization.choices = [(str(row.id), row.name) for row in organizations]
        offer_tiers(form.tier, call, wanted)
        if len(organizations) == 1 and form.organization.data is None:
            form.organization.data = str(organizations[0].id)
        return form


class FirstStartForm(BaseForm):
    """For a group that is not registered yet: its name, who one is in it, and to which tier one applies."""

    name: Any = GroupFields.name
    representative: Any = NewGroupForm.representative
    tier = RadioField(lazy("応募する枠"), [InputRequired(lazy("応募する枠を選んでください。"))])
    submit = SubmitField(lazy("団体を登録して書き始める"))

    @classmethod
    def of(cls, call: Call, wanted: str = "") -> "FirstStartForm":
        """The form with the call's tiers."""
        form = cls(prefix="new")
        offer_tiers(form.tier, call, wanted)
        return form


def offer_tiers(field: RadioField, call: Call, wanted: str = "") -> None:
    """Let one choose from the tiers of the call; the one that is `wanted`, or the only one, is chosen beforehand."""
    field.choices = tiers_of(call)
    keys = [key for key, _label in field.choices]
    if field.data is None and (wanted in keys or len(keys) == 1):
        field.data = wanted if wanted in keys else keys[0]


def tiers_of(call: Call) -> list[tuple[str, str]]:
    """The tiers of the call, each with its cap."""
    return [
        (tier.key, _("%(tier)s（上限 %(cap)s）", tier=f"{tier.label} {tier.name}", cap=yen(tier.cap_yen)))
        for tier in call.tiers
    ]


class TierForm(BaseForm):
    """To which tier one applies."""

    tier = RadioField(lazy("応募する枠"), [InputRequired(lazy("応募する枠を選んでください。"))])
    submit = SubmitField(lazy("この枠で応募する"))

    @classmethod
    def of(cls, application: Application) -> "TierForm":
        """The form with the tiers of the call, the present one chosen."""
        form = cls()
        form.tier.choices = tiers_of(application.call)
        if form.tier.data is None:
            form.tier.data = application.tier.key
        return form


class FollowForm(BaseForm):
    """Being asked by the newest version of the call: nothing more is asked."""

    submit = SubmitField(lazy("新しい版の設問で書き進める"))


class SubmitForm(BaseForm):
    """The last step: nothing more is asked; the page has a key of its own, so that it submits once."""

    key = HiddenField(default=lambda: uuid.uuid4().hex)
    submit = SubmitField(lazy("この内容で提出する"))


@dataclass(frozen=True, slots=True)
class ListQuery:
    """What the address of a list asks for: words, tier, state, order, page."""

    filters: Filters
    sort: Sort
    falling: bool
    page: str | None

    @classmethod
    def of(cls, args: Mapping[str, str], tiers: list[str], *, with_status: bool) -> "ListQuery":
        """The query in `args`; what is unknown, or not for this reader, counts as not asked for."""
        order, tier, status = args.get("sort", ""), args.get("tier", ""), args.get("status", "")
        sort = order.removeprefix("-")
        return cls(
            Filters(
                text=args.get("q", "").strip()[:200],
                tier=tier if tier in tiers else "",
                status=ApplicationStatus(status) if with_status and status in set(ApplicationStatus) else None,
            ),
            Sort(sort) if sort in set(Sort) else Sort.NUMBER,
            order.startswith("-"),
            args.get("page"),
        )

    @property
    def arguments(self) -> dict[str, str]:
        """The query without its page, as the arguments of an address; defaults are left out."""
        status = self.filters.status
        order = ("-" if self.falling else "") + self.sort.value
        asked = {
            "q": self.filters.text,
            "tier": self.filters.tier,
            "status": status.value if status else "",
            "sort": "" if order == Sort.NUMBER else order,
        }
        return {name: value for name, value in asked.items() if value}

    def sorted_by(self, sort: Sort) -> str:
        """The order in which the list stands by `sort`, as a table's head says it; empty when it does not."""
        if sort is not self.sort:
            return ""
        return "descending" if self.falling else "ascending"

    def order_by(self, sort: Sort) -> str:
        """What the head of the column `sort` asks for: its order, or the other way round when it is in force."""
        return f"-{sort.value}" if sort is self.sort and not self.falling else sort.value
