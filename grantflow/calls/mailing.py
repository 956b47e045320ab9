"""Sending mail: one place decides in whose words it is written, and when it leaves."""

from grantflow.accounts.models import MailPace, User
from grantflow.calls import letters
from grantflow.calls.models import Call
from grantflow.core.words import SOURCE, _, speaking
from grantflow.mail import operations as mail
from grantflow.mail.catalogue import TEMPLATES
from grantflow.mail.letters import Value
from grantflow.mail.models import Mail


def send(key: str, to: User | str, call: Call | None, /, **values: Value) -> Mail:
    """Queue the letter of the template `key` to a person or an address, in the words of `call`.

    Where the template has them, the person's name, the call and its secretariat are filled in unless given. Somebody
    who wants digests gets it with the next one if it can wait, and a rehearsal's mail is kept and never leaves. A
    `TypeError` for values that are not those of the template's places.
    """
    template = TEMPLATES[key]
    places = {place.key for place in template.placeholders}
    known = {name: value for name, value in _known(to, call).items() if name in places}
    return mail.queue(
        to if isinstance(to, str) else to.email,
        letters.letter(call, key, **known | values),
        template,
        call_slug=call.slug if call else "",
        held=call is not None and call.rehearsal,
        waits=isinstance(to, User) and to.mail_pace is MailPace.DAILY,
    )


def _known(to: User | str, call: Call | None) -> dict[str, Value]:
    found: dict[str, Value] = {} if isinstance(to, str) else {"name": to.name}
    if call:
        return found | {"call": call.title, "office": call.secretariat}
    with speaking(SOURCE):
        return found | {"call": _("すべての公募"), "office": _("事務局")}
