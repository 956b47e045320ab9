"""The form that merges two records: which of two texts stays, part by part."""

from wtforms import HiddenField, RadioField, SubmitField

from grantflow.applications.merging import Difference, Plan
from grantflow.core.forms import BaseForm
from grantflow.core.words import _, lazy

KEPT, OTHER = "kept", "other"


class MergeForm(BaseForm):
    """What was shown, and a choice for each part of the profile that differs."""

    seen = HiddenField()
    submit = SubmitField(lazy("1つの記録にまとめる"))

    @classmethod
    def of(cls, plan: Plan) -> "MergeForm":
        """The form for what the plan shows; what stands in the kept record is chosen beforehand."""
        fields = {_name(each): RadioField(each.label, default=KEPT) for each in plan.differences}
        form: MergeForm = type(cls.__name__, (cls,), fields)(data={"seen": plan.fingerprint})
        for each in plan.differences:
            form[_name(each)].choices = [
                (KEPT, _("残す記録：%(text)s", text=each.kept)),
                (OTHER, _("まとめる記録：%(text)s", text=each.other)),
            ]
        return form

    def choices(self, plan: Plan) -> list[RadioField]:
        """The fields of the parts that differ, in their order."""
        return [self[_name(each)] for each in plan.differences]

    def taken(self, plan: Plan) -> list[str]:
        """The keys of the parts that are taken from the record that goes."""
        return [each.key for each in plan.differences if self[_name(each)].data == OTHER]


def _name(difference: Difference) -> str:
    return f"from-{difference.key}"
