"""Whether the installation works, part by part, for whoever watches the server."""

from pathlib import Path

from flask import Blueprint, current_app, jsonify
from flask.typing import ResponseReturnValue
from sqlalchemy.exc import SQLAlchemyError

from grantflow import schema
from grantflow.core import logs
from grantflow.core.db import db
from grantflow.core.web import public
from grantflow.documents.faces import FOLDER
from grantflow.documents.fonts import FALLBACK, Typeface
from grantflow.files.storage import shelf

bp = Blueprint("health", __name__)

UNAVAILABLE = 503


@bp.get("/healthz")
@public
def healthz() -> ResponseReturnValue:
    """Whether the process answers."""
    return jsonify(status="ok")


@bp.get("/readyz")
@public
def readyz() -> ResponseReturnValue:
    """Whether all that a request needs is there; 503 names what is not."""
    revision = _revision()
    works = {
        "database": revision is not None,
        "schema": revision == current_app.config["REVISION"],
        "files": shelf.can_write(),
        "fonts": has_fonts(FOLDER),
    }
    said = {part: "ok" if fine else "unavailable" for part, fine in works.items()}
    if all(works.values()):
        return jsonify(status="ok", **said)
    return jsonify(status="unavailable", **said), UNAVAILABLE


def _revision() -> str | None:
    """Where the database stands, "" before its first revision; None when it does not answer."""
    try:
        with db.open(write=False) as session:
            return schema.stands_at(session.connection()) or ""
    except SQLAlchemyError as error:
        logs.failed(error)
        return None


def has_fonts(folder: Path) -> bool:
    """Whether every font of the papers lies in `folder`."""
    return all((folder / name).is_file() for name in (*(face.value for face in Typeface), FALLBACK))
