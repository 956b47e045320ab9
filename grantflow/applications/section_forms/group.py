"""The form of the group as the proposal names it: begun from the group's profile, and copied either way on request."""

from typing import Any

from flask import request
from wtforms import BooleanField

from grantflow.accounts import groups
from grantflow.accounts.group_forms import GroupFields, tax_choices
from grantflow.accounts.profile import KEYS, LABELS, profile
from grantflow.applications.dossier import Dossier
from grantflow.applications.models import Application
from grantflow.applications.outline import Part
from grantflow.applications.parts.base import listed
from grantflow.applications.parts.group import NEEDED
from grantflow.applications.section_forms.base import SectionForm, sent
from grantflow.core.authorization import Actor, permits
from grantflow.core.web import actor
from grantflow.core.words import lazy
from grantflow.permissions import Permission


class GroupSectionForm(GroupFields, SectionForm):
    """Who applies, for this proposal only: the profile changes when that is asked for."""

    part = Part.GROUP
    template = "applications/parts/group.html"
    #: Whether the fields show the profile and not what was saved.
    is_copied = False

    write_back = BooleanField(
        lazy("団体の登録内容にも反映する"),
        description=lazy("印を付けて保存すると、次の応募でもこの内容から始められます。"),
    )

    @classmethod
    def of(cls, dossier: Dossier) -> "GroupSectionForm":
        """The form of the part; nothing was saved yet, or the profile is asked for: it shows the profile."""
        kept, known = dossier.content(cls.part), profile(dossier.application.organization)
        wanted = "copy" in request.args
        if not wanted and not dossier.saved(cls.part).version:
            wanted, known = True, {**known, **{key: str(value) for key, value in kept.items() if value}}
        form = cls() if sent() else cls(data=known if wanted else dict(kept))
        form.is_copied = wanted and not sent()
        form.offer(dossier)
        return form

    def offer(self, dossier: Dossier) -> None:
        """Name the legal forms that may apply to the call; who may write the profile is offered that too."""
        self.legal_form.offer(dossier.asking.says.eligibility.legal_forms)
        self.tax_status.choices = tax_choices()
        # The secretariat that types for a group writes its proposal, not its profile
        if not permits(actor(), Permission.ORGANIZATION_WRITE, dossier.application.organization):
            del self.write_back

    @property
    def needed(self) -> str:
        """What must be written before the proposal is submitted."""
        return listed([str(LABELS[name]) for name in KEYS if name in NEEDED])

    @property
    def content(self) -> dict[str, Any]:
        """What is kept of what was typed."""
        return dict(self.facts)

    def afterwards(self, application: Application, *, by: Actor) -> None:
        """Write the profile too, where that was asked for."""
        if "write_back" in self and self.write_back.data:
            groups.write_profile(application.organization, self.facts, by=by)
