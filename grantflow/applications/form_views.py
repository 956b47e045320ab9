"""The form of a call before anything is written: every question to read, and on paper."""

from flask import Blueprint, Response, request

from grantflow.applications.blank_form import blank_form
from grantflow.applications.blank_paper import blank_paper
from grantflow.calls import queries
from grantflow.calls.definition import Definition, Tier
from grantflow.calls.models import Call
from grantflow.calls.self_check import documents_of
from grantflow.core.web import Page, download, page, subject
from grantflow.documents.writing import Form, write
from grantflow.permissions import Permission

bp = Blueprint("blank_form", __name__)


@bp.get("/calls/<slug>/form")
@subject(Call, Permission.CALL_READ, key="slug")
def show(call: Call) -> Page:
    """Every part and question of a tier, with what is required, how long it may be, and the documents."""
    says = queries.definition(call)
    tier = _tier(says)
    return page(
        "applications/blank_form.html",
        call=call,
        definition=says,
        tier=tier,
        parts=blank_form(says, tier),
        documents=documents_of(says, tier.key),
    )


@bp.get("/calls/<slug>/form.pdf")
@subject(Call, Permission.CALL_READ, key="slug")
def paper(call: Call) -> Response:
    """The form of a tier to print and write on."""
    says = queries.definition(call)
    tier = _tier(says)
    name = f"{call.file_stem}-form-{1 + says.tiers.index(tier)}.pdf"
    return download(write(blank_paper(call, says, tier), Form.PDF), name, Form.PDF.media_type)


def _tier(says: Definition) -> Tier:
    """The tier that the address names; the first where it names none that there is."""
    return next((each for each in says.tiers if each.key == request.args.get("tier")), says.tiers[0])
