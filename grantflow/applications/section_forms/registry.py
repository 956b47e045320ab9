"""Which form writes which part."""

from collections.abc import Mapping

from grantflow.applications.outline import Part
from grantflow.applications.section_forms.amount import AmountForm
from grantflow.applications.section_forms.approach import ApproachForm
from grantflow.applications.section_forms.base import SectionForm
from grantflow.applications.section_forms.budget import BudgetForm
from grantflow.applications.section_forms.confirmations import ConfirmationsForm
from grantflow.applications.section_forms.consortium import ConsortiumForm
from grantflow.applications.section_forms.group import GroupSectionForm
from grantflow.applications.section_forms.indicators import IndicatorsForm
from grantflow.applications.section_forms.plan import PlanForm
from grantflow.applications.section_forms.schedule import ScheduleForm
from grantflow.applications.section_forms.targets import TargetsForm

FORMS: Mapping[Part, type[SectionForm]] = {
    each.part: each
    for each in (
        GroupSectionForm,
        PlanForm,
        TargetsForm,
        ApproachForm,
        ScheduleForm,
        IndicatorsForm,
        ConsortiumForm,
        BudgetForm,
        AmountForm,
        ConfirmationsForm,
    )
}
