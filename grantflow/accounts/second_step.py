"""The second step of signing in: keys of one-time codes, the codes themselves, recovery codes."""

import datetime as dt

from sqlalchemy import delete, update

from grantflow.accounts import codes, operations, passwords, queries
from grantflow.accounts.models import CodeKey, RecoveryCode, SecondStep, SignIn, User
from grantflow.audit import trail
from grantflow.core import clock
from grantflow.core.authorization import Actor
from grantflow.core.db import db
from grantflow.core.refusals import Refused
from grantflow.core.sealing import sealing
from grantflow.core.words import Labelled, _, lazy
from grantflow.mail import operations as mail


class Means(Labelled):
    """By what somebody passed the second step."""

    CODE = "code", lazy("ワンタイムコード")
    RECOVERY = "recovery", lazy("リカバリーコード")


def offer(user: User) -> str:
    """A new key for `user`, sealed: it waits in the form until a code shows that an application has it."""
    return sealing.seal(codes.new_key(), _offered_to(user))


def offered(user: User, sealed: str) -> str:
    """The key that was offered; refused when it was offered to somebody else, or altered."""
    return sealing.open(sealed, _offered_to(user))


def begin(user: User, key: str, typed: str, *, by: Actor) -> list[str]:
    """Take `key` into use for `user`, whose application just showed the code `typed`; returns the recovery codes.

    Refused when the code is not that of the key, or when codes are in use already. Other sign-ins end.
    """
    now = clock.now()
    step = codes.step_of(key, typed, now)
    if step is None:
        raise Refused(
            _(
                "コードが違います。アプリに取り込んだ鍵がこの画面のものか確かめ、いま出ている6桁の数字を入力してください。"
            )
        )
    if queries.code_key(user) is not None:
        raise Refused(_("ワンタイムコードは、もう設定してあります。設定し直すときは、先にいまの設定を消してください。"))
    adopt(user, key, last_step=step, by=by)
    operations.end_sign_ins(user, but=by.token)
    return renew_recovery_codes(user, by=by)


def adopt(user: User, key: str, *, by: Actor, last_step: int = 0) -> None:
    """Store `key` as that of the user's codes."""
    sealed = sealing.seal(key, _codes_of(user))
    db.session.add(CodeKey(user_id=user.id, sealed=sealed, since=clock.now(), last_step=last_step))
    trail.record("users.set_up_codes", user, by=by)


def check(user: User, typed: str) -> Means | None:
    """By what `typed` passes the second step, now used up; None when it does not. The caller records the event.

    A code counts for its own step and one to either side, and no step counts twice, nor one before it.
    """
    row = queries.code_key(user)
    if row is None:
        return None
    step = codes.step_of(sealing.open(row.sealed, _codes_of(user)), typed, clock.now())
    if step is not None:
        fresh = update(CodeKey).where(CodeKey.id == row.id, CodeKey.last_step < step).values(last_step=step)
        return Means.CODE if db.session.execute(fresh.returning(CodeKey.id)).all() else None
    unused = update(RecoveryCode).where(
        RecoveryCode.user_id == user.id,
        RecoveryCode.code_hash == passwords.fingerprint(codes.plain(typed)),
        RecoveryCode.used_at.is_(None),
    )
    return (
        Means.RECOVERY
        if db.session.execute(unused.values(used_at=clock.now()).returning(RecoveryCode.id)).all()
        else None
    )


def pass_on(sign_in: SignIn, means: Means, *, by: Actor) -> str:
    """Let the sign-in count from now on; returns its new token, so that the one known before the code opens nothing."""
    token = passwords.new_key()
    sign_in.token_hash = passwords.fingerprint(token)
    sign_in.second_step = SecondStep.PASSED
    trail.record("users.sign_in", sign_in.user, by=by, second_step=means.value)
    return token


def settle(sign_in: SignIn) -> None:
    """The sign-in in which codes were set up has passed."""
    sign_in.second_step = SecondStep.PASSED


def note_failure(user: User, *, by: Actor) -> None:
    """Record that somebody who knows the password had no code that passes."""
    trail.record("users.fail_code", user, by=by)


def renew_recovery_codes(user: User, *, by: Actor) -> list[str]:
    """Ten new recovery codes, shown this once; those before them open nothing any more."""
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    found = codes.new_recovery_codes()
    db.session.add_all(
        RecoveryCode(user_id=user.id, code_hash=passwords.fingerprint(codes.plain(code))) for code in found
    )
    trail.record("users.renew_recovery_codes", user, by=by)
    return found


def remove(user: User, *, by: Actor) -> None:
    """Forget the user's own key and recovery codes; every sign-in but the one at hand ends, and that one waits anew."""
    _forget(user)
    operations.end_sign_ins(user, but=by.token)
    kept = update(SignIn).where(SignIn.user_id == user.id, SignIn.ended_at.is_(None))
    db.session.execute(kept.values(second_step=SecondStep.NOT_ASKED))
    trail.record("users.remove_codes", user, by=by)


def reset(user: User, *, by: Actor) -> None:
    """Forget the codes of somebody who lost them: they are signed out everywhere, and told by mail."""
    if queries.code_key(user) is None:
        raise Refused(_("%(name)sさんは、ワンタイムコードを設定していません。消すものはありません。", name=user.name))
    _forget(user)
    operations.end_sign_ins(user)
    trail.record("users.reset_codes", user, by=by)
    mail.send("accounts.codes_reset", user.email, name=user.name, at=clock.now())


def _forget(user: User) -> None:
    db.session.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user.id))
    db.session.execute(delete(CodeKey).where(CodeKey.user_id == user.id))


def current(user: User, at: dt.datetime) -> str:
    """The code that the user's application shows at `at`; refused when none is set up."""
    row = queries.code_key(user)
    if row is None:
        raise Refused(_("%(email)s は、ワンタイムコードを設定していません。", email=user.email))
    return codes.code_at(sealing.open(row.sealed, _codes_of(user)), at)


def _offered_to(user: User) -> str:
    return f"offered to {user.id}"


def _codes_of(user: User) -> str:
    return f"codes of {user.id}"
