"""Everything that the program finds in a proposal at the first screening (形式審査の自動の確認, R3.7).

Only what a machine can see: whether people could be told from what was written is for whoever reads it.
"""

from grantflow.applications.dossier import Dossier
from grantflow.applications.outline import Part
from grantflow.applications.screening.amounts import found_in_amounts
from grantflow.applications.screening.around import Around
from grantflow.applications.screening.finding import Finding
from grantflow.applications.screening.gaps import found_in_gaps
from grantflow.applications.screening.papers import found_in_files
from grantflow.applications.screening.parties import (
    found_among_others,
    found_in_group,
    found_in_officers,
    found_in_partners,
)
from grantflow.applications.screening.wording import found_in_texts

_ORDER = {part: place for place, part in enumerate(Part)}


def findings(dossier: Dossier, around: Around) -> tuple[Finding, ...]:
    """What was found in the proposal, in the order of its parts.

    One that came by a load was never written on a page: what it does not have is not found missing in it.
    """
    found = [
        *found_in_amounts(dossier),
        *found_in_partners(dossier),
        *found_among_others(dossier, around),
        *found_in_texts(dossier),
        *found_in_files(dossier, around),
    ]
    if not dossier.is_loaded:
        found += [*found_in_gaps(dossier), *found_in_group(dossier), *found_in_officers(dossier)]
    asked = {one.part: place for place, one in enumerate(dossier.told)}
    found.sort(key=lambda one: (asked.get(one.place.part, len(asked) + _ORDER[one.place.part]), one.place.row))
    return tuple(found)
