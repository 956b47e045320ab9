"""Something in every table, with names that are hard to carry."""

from grantflow.accounts import operations as accounts
from grantflow.accounts.models import Role
from grantflow.core.db import db
from grantflow.files.operations import keep, note_copy
from grantflow.files.storage import shelf
from tests.factories import awards
from tests.factories.accounts import OPERATOR, organization, person

#: A variation selector, a character beyond the BMP, a mark that combines, an emoji of several, text from right to left.
HARD = "葛󠄀城市𠮷野家か゛👩‍🌾 עברית\t「\"'\\」​é"


def everything() -> None:
    """A call with its published list, people and their sign-ins, and a stored file."""
    with db.transaction(write=True):
        call = awards.harbour(scored=True)
        awards.published(call)
    with db.transaction(write=True):
        officer = person("officer@example.jp", Role.SECRETARIAT, call, name=HARD)
        organization(HARD, officer)
        accounts.sign_in(officer, by=OPERATOR)
        accounts.issue_link(officer, by=OPERATOR)
        rows = [
            keep(bytes([n]) * 9, f"{HARD}.bin", "application/octet-stream", "tests.sample", by=OPERATOR)
            for n in (1, 2, 3)
        ]
        db.session.flush()
        for row in rows:
            note_copy(row, shelf.put(b"copy of " + row.name.encode()), len(b"copy of " + row.name.encode()))
    with db.transaction(write=True):
        accounts.count_try(["email:nobody@example.jp"])
