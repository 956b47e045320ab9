"""What of a call definition becomes rows: the columns of the call, its tiers and its criteria."""

from typing import Any

from grantflow.calls import definition as parts
from grantflow.calls.definition import Definition
from grantflow.calls.models import Criterion, Tier


def call_values(definition: Definition) -> dict[str, Any]:
    """The columns of the call's own row."""
    call, review = definition.call, definition.review
    return {
        "slug": call.slug,
        "title": call.title,
        "fiscal_year": call.fiscal_year,
        "sponsor": call.sponsor,
        "secretariat": call.secretariat,
        "number_prefix": call.number_prefix,
        "opens_at": definition.schedule.opens_at,
        "closes_at": definition.schedule.closes_at,
        "scale_min": review.scale_min,
        "scale_max": review.scale_max,
        "min_valid": review.min_valid,
        "two_persons": definition.decision.two_persons,
    }


def tier_values(tier: parts.Tier, position: int) -> dict[str, Any]:
    """The columns of a tier, in place `position`."""
    return {
        "key": tier.key,
        "label": tier.label,
        "name": tier.name,
        "list_title": tier.list_title,
        "cap_yen": tier.cap_yen,
        "expected_awards": tier.expected_awards,
        "position": position,
    }


def criterion_values(criterion: parts.Criterion, position: int) -> dict[str, Any]:
    """The columns of a criterion, in place `position`."""
    return {
        "key": criterion.key,
        "group": criterion.group,
        "subgroup": criterion.subgroup,
        "text": criterion.text,
        "weight": criterion.weight,
        "position": position,
    }


def tier_rows(definition: Definition) -> list[Tier]:
    """New rows for the tiers, in the order of the definition."""
    return [Tier(**tier_values(tier, position)) for position, tier in enumerate(definition.tiers, 1)]


def criterion_rows(definition: Definition) -> list[Criterion]:
    """New rows for the criteria, in the order of the definition."""
    return [
        Criterion(**criterion_values(criterion, position)) for position, criterion in enumerate(definition.criteria, 1)
    ]
