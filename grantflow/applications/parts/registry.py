"""Which rules hold for which part."""

from collections.abc import Mapping

from grantflow.applications.outline import Part
from grantflow.applications.parts import (
    amount,
    approach,
    budget,
    confirmations,
    consents,
    consortium,
    documents,
    group,
    indicators,
    officers,
    plan,
    schedule,
    targets,
)
from grantflow.applications.parts.base import Rules

RULES: Mapping[Part, Rules] = {
    Part.GROUP: group.RULES,
    Part.PLAN: plan.RULES,
    Part.TARGETS: targets.RULES,
    Part.APPROACH: approach.RULES,
    Part.SCHEDULE: schedule.RULES,
    Part.INDICATORS: indicators.RULES,
    Part.CONSORTIUM: consortium.RULES,
    Part.BUDGET: budget.RULES,
    Part.AMOUNT: amount.RULES,
    Part.OFFICERS: officers.RULES,
    Part.CONSENTS: consents.RULES,
    Part.DOCUMENTS: documents.RULES,
    Part.CONFIRMATIONS: confirmations.RULES,
}
