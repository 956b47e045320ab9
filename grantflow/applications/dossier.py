"""A whole proposal as a value (応募書類): what the call asks, what stands in each part, and where each part stands."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from grantflow.applications.models import Application, ProxyEntry
from grantflow.applications.outline import Asked, Part, parts
from grantflow.applications.parts.base import Asking, Content, Entry, Gap, Reading
from grantflow.applications.parts.registry import RULES
from grantflow.core.words import Labelled, lazy


class Progress(Labelled):
    """Where a part stands."""

    UNTOUCHED = "untouched", lazy("未着手")
    WRITING = "writing", lazy("入力中")
    COMPLETE = "complete", lazy("完了")
    OPTIONAL = "optional", lazy("任意")
    WRONG = "wrong", lazy("直してください")


@dataclass(frozen=True, slots=True)
class Saved:
    """The last save of a part: its version (0: never saved), when, and by whom."""

    version: int = 0
    at: dt.datetime | None = None
    by: str = ""


@dataclass(frozen=True, slots=True)
class Dossier:
    """A proposal with all its parts."""

    application: Application
    asking: Asking
    contents: Mapping[Part, Content]
    saves: Mapping[Part, Saved] = field(default_factory=dict)
    #: How it was typed, where the secretariat typed it for its group.
    proxy: ProxyEntry | None = None

    @property
    def asked(self) -> tuple[Asked, ...]:
        """The parts that the call asks for, in its order."""
        return parts(self.asking.says, self.asking.tier.key)

    @property
    def organization_name(self) -> str:
        """The name of the group as it is written here."""
        return self.content(Part.GROUP).get("name") or self.application.organization_name

    @property
    def title(self) -> str:
        """What the project is called here."""
        return self.content(Part.PLAN).get("title") or self.application.title

    @property
    def representative(self) -> str:
        """Title and name of the representative, as far as they are written."""
        group = self.content(Part.GROUP)
        return " ".join(filter(None, (group.get("representative_title"), group.get("representative_name"))))

    @property
    def is_loaded(self) -> bool:
        """Whether it came by a load: received, and never written on a page."""
        return not self.saves and self.application.number is not None

    @property
    def told(self) -> tuple[Asked, ...]:
        """The parts in which it says something or is asked to; a file may fill parts that the call does not ask for."""
        asked = {one.part for one in self.asked}
        if not self.is_loaded:
            return self.asked
        # The amount stands above all parts
        spare = [part for part in Part if part not in asked and part is not Part.AMOUNT]
        return (*self.asked, *(Asked(part, str(part.label), "") for part in spare if any(self.content(part).values())))

    def content(self, part: Part) -> Content:
        """What stands in a part; empty where nothing was written."""
        return self.contents.get(part, {})

    def saved(self, part: Part) -> Saved:
        """The last save of a part."""
        return self.saves.get(part, Saved())

    def gaps(self, part: Part) -> tuple[Gap, ...]:
        """What a part lacks."""
        return tuple(RULES[part].gaps(self.content(part), self.asking))

    @property
    def cautions(self) -> tuple[Gap, ...]:
        """What is worth a second look in the parts that are asked for; nothing is refused for it."""
        return tuple(gap for one in self.asked for gap in RULES[one.part].cautions(self.content(one.part), self.asking))

    def reading(self, part: Part) -> tuple[Reading, ...]:
        """How a part reads."""
        return tuple(RULES[part].reading(self.content(part), self.asking))

    def shown(self, part: Part, *, contacts: bool = True) -> tuple[Reading, ...]:
        """How a part reads to whoever reads the whole; of a proposal that came by a load only what it says.

        Without `contacts` it leaves out how the group is reached.
        """
        lines = tuple(one for one in self.reading(part) if contacts or not (isinstance(one, Entry) and one.is_contact))
        if not self.is_loaded:
            return lines
        return tuple(one for one in lines if (one.text if isinstance(one, Entry) else one.rows))

    def progress(self, part: Part) -> Progress:
        """Where a part stands: what is wrong comes before what is missing; what lacks nothing may still be empty."""
        gaps = self.gaps(part)
        if any(gap.is_wrong for gap in gaps):
            return Progress.WRONG
        if not gaps:
            written = self.saved(part).version or any(self.content(part).values())
            return Progress.COMPLETE if written else Progress.OPTIONAL
        return Progress.WRITING if self.saved(part).version else Progress.UNTOUCHED

    @property
    def last_saved(self) -> Saved:
        """The latest save of all parts."""
        return max(self.saves.values(), key=lambda one: (one.at is not None, one.at), default=Saved())


def from_columns(application: Application) -> dict[Part, dict[str, Any]]:
    """What the columns of a proposal say, as parts: all there is of one that came by a load."""
    return {
        Part.GROUP: {
            "name": application.organization_name,
            "legal_form": application.legal_form,
            "founded": str(application.founded or ""),
        },
        Part.PLAN: {
            "title": application.title,
            "summary": application.summary,
            "activity_area": application.activity_area,
        },
        Part.TARGETS: {"targets": [[each, ""] for each in application.audience], "features": application.features},
        Part.AMOUNT: {"requested_yen": application.requested_yen},
        Part.CONFIRMATIONS: {"confirmed": application.confirmed},
    }
