"""What a proposal still lacks before it can be submitted: one answer for the task list, the last page and the rule."""

from grantflow.applications.dossier import Dossier
from grantflow.applications.parts.base import Gap


def missing(dossier: Dossier) -> tuple[Gap, ...]:
    """Every gap between the proposal and what the call asks for (R0.2, R0.4, R3.1), in the order of its parts."""
    return tuple(gap for asked in dossier.asked for gap in dossier.gaps(asked.part))
