"""The forms of a proposed assignment: what a member knows best and reads, and what the fit weighs."""

from collections.abc import Sequence
from typing import Any

from wtforms import BooleanField, IntegerField, SelectMultipleField
from wtforms.validators import NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from grantflow.calls.definition import Audience
from grantflow.core.forms import BaseForm
from grantflow.core.municipalities import prefectures
from grantflow.core.words import lazy
from grantflow.review.fit import Knows, Weights
from grantflow.review.models import Reviewer
from grantflow.review.proposing import Expertise

MOST_LOAD = 10_000
MOST_WEIGHT = 20


def _boxes(label: Any) -> SelectMultipleField:
    return SelectMultipleField(label, widget=ListWidget(prefix_label=False), option_widget=CheckboxInput())


def _load(label: Any, hint: Any) -> IntegerField:
    wrong = lazy("件数は0から10,000までの数で入力してください。")
    return IntegerField(label, [Optional(), NumberRange(0, MOST_LOAD, wrong)], description=hint)


def _weight(label: Any) -> IntegerField:
    wrong = lazy("重みは0から20までの整数で入力してください。")
    return IntegerField(label, [Optional(), NumberRange(0, MOST_WEIGHT, wrong)])


class ExpertiseForm(BaseForm):
    """What a member knows best, how many proposals they read, and whether they dropped out."""

    audiences = _boxes(lazy("くわしいターゲット層"))
    features = _boxes(lazy("くわしい取組の特徴"))
    regions = _boxes(lazy("くわしい地域"))
    least = _load(lazy("担当の下限（件）"), lazy("空欄は0件です。"))
    most = _load(lazy("担当の上限（件）"), lazy("空欄なら、等しく分けた件数の1.25倍までです。"))
    is_away = BooleanField(
        lazy("この委員は辞退した"),
        description=lazy("提出した採点表はそのまま数えます。それ以外の担当は、割当案でほかの委員に移します。"),
    )

    def offer(self, words: Audience, reviewer: Reviewer) -> None:
        """Let the words of the call be chosen, and those that the member has already."""
        for field, offered, held in (
            (self.audiences, words.groups, reviewer.audiences),
            (self.features, words.features, reviewer.features),
            (self.regions, [each.prefecture for each in prefectures()], reviewer.regions),
        ):
            field.choices = [(each, each) for each in dict.fromkeys([*offered, *held])]

    def show(self, reviewer: Reviewer) -> None:
        """What is noted of the member now."""
        self.audiences.data, self.features.data = list(reviewer.audiences), list(reviewer.features)
        self.regions.data, self.is_away.data = list(reviewer.regions), reviewer.is_away
        self.least.data, self.most.data = reviewer.least_load, reviewer.most_load

    @property
    def expertise(self) -> Expertise:
        """What was filled in."""
        known: list[Sequence[str]] = [self.audiences.data or (), self.features.data or (), self.regions.data or ()]
        return Expertise(
            Knows(*(tuple(each) for each in known)), self.least.data or 0, self.most.data, bool(self.is_away.data)
        )


class ProposeForm(BaseForm):
    """What a shared word is worth."""

    audience = _weight(lazy("ターゲット層が合う重み"))
    feature = _weight(lazy("取組の特徴が合う重み"))
    region = _weight(lazy("地域が合う重み"))

    def show(self, weights: Weights) -> None:
        """The weights of the last draft, or the usual ones."""
        self.audience.data, self.feature.data, self.region.data = weights.audience, weights.feature, weights.region

    @property
    def weights(self) -> Weights:
        """What was filled in; an empty box has the usual weight."""
        usual = Weights()
        filled = (
            (self.audience.data, usual.audience),
            (self.feature.data, usual.feature),
            (self.region.data, usual.region),
        )
        return Weights(*(other if value is None else value for value, other in filled))
