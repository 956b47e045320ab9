"""Where the sample call is played: on an empty database, or on its own from the last time, never on anybody's data."""

import secrets
from pathlib import Path

from sqlalchemy import select

from grantflow import schema
from grantflow.accounts import codes
from grantflow.accounts.models import NEEDS_CODE, Role
from grantflow.awards.queries import published
from grantflow.calls.definition import parse
from grantflow.calls.models import Call
from grantflow.core import clock
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.words import _
from grantflow.demo import journey, people
from grantflow.demo.walk import DEFINITION, Say, walk


def build(migrations: Path, out: Path, say: Say, *, fresh: bool = False) -> None:
    """Play the sample call unless it stands there whole already; with `fresh`, again from the beginning.

    Raises Refused when the database holds a call that is not the sample: nothing of it is touched.
    """
    schema.upgrade(db.engine, migrations)
    ours = {parse(DEFINITION.read_bytes()).call.slug, journey.SLUG}
    with db.transaction(write=False):
        found = {call.slug: call for call in db.session.scalars(select(Call))}
        whole = ours <= set(found) and any(map(published, found.values())) and (out / "adoption-list.pdf").exists()
        over = whole and journey.is_over(found[journey.SLUG])
    if set(found) - ours:
        raise Refused(
            _(
                "このデータベースには、見本でない公募があります。見本は作りません。"
                "GRANTFLOW_DATA_DIR に別のフォルダを指定して、もう一度実行してください。"
            )
        )
    if whole and not fresh:
        say(_("見本の公募は、前に作ったものを使います。作り直すときは --fresh を付けてください。"))
        if over:
            say(_("追加募集は、もう締め切られています。受付中の公募を見るときは、--fresh を付けて作り直してください。"))
        return
    schema.downgrade(db.engine, migrations)
    schema.upgrade(db.engine, migrations)
    walk(out, say)


def own_secret(folder: Path) -> str:
    """The secret of the demo in `folder`, made the first time: what was sealed opens again at the next start."""
    kept = folder / "secret"
    if not kept.exists():
        folder.mkdir(parents=True, exist_ok=True)
        kept.touch(mode=0o600)
        kept.write_text(secrets.token_urlsafe(48), encoding="ascii")
    return kept.read_text(encoding="ascii")


def introduction(address: str, mail: str = "") -> list[str]:
    """What somebody who tries the demo is told: where it is, the sign-ins, and where its mail goes, if that is said.

    There is one account for each role, and those of two people who write on one proposal.
    """
    now = clock.now()
    lines = [
        _("画面： %(address)s", address=address),
        _("サインイン（パスワードはどれも %(password)s ）", password=people.PASSWORD),
    ]
    for person in people.PEOPLE:
        code = _("  コードの鍵 %(key)s", key=people.CODE_KEY) if person.role in NEEDS_CODE else ""
        lines.append(f"  {person.role.label}  {person.email}{code}")
    writers = _("、").join(person.email for person in people.WRITERS)
    return [
        *lines,
        f"  {Role.REVIEWER.label}  reviewer1@example.jp",
        _("  いま開いている公募に2人で書いている団体  %(writers)s", writers=writers),
        *([_("送ったメールが入るところ： %(mail)s", mail=mail)] if mail else []),
        _(
            "いまのコード： %(code)s （30秒ごとに変わり、人ごとに1回だけ使えます）",
            code=codes.code_at(people.CODE_KEY, now),
        ),
        _("あとで要るときは： grantflow demo --code メールアドレス"),
    ]
