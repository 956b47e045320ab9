"""Why a mail could not be sent, in words for those who must see that it arrives."""

from grantflow.core.words import Lazy, lazy

#: How the noted kind begins, and what it means; the first that fits counts.
MEANINGS: tuple[tuple[str, Lazy], ...] = (
    (
        "SMTPRecipientsRefused 5",
        lazy("宛先のサーバーが受け取りを断りました。アドレスが正しいかを、本人に確かめてください。"),
    ),
    ("SMTPRecipientsRefused", lazy("宛先のサーバーが、いまは受け取れないと答えました。")),
    ("SMTPAuthenticationError", lazy("メールサーバーにサインインできませんでした。管理者が設定を確かめます。")),
    ("SMTPSenderRefused", lazy("メールサーバーが差出人を断りました。管理者が設定を確かめます。")),
    ("SMTPDataError", lazy("メールサーバーが本文を受け取りませんでした。管理者に知らせてください。")),
    ("SMTPNotSupportedError", lazy("メールサーバーがこの宛先を扱えません。アドレスを本人に確かめてください。")),
    ("SSL", lazy("メールサーバーとの暗号化した通信ができませんでした。管理者が設定を確かめます。")),
    ("", lazy("メールサーバーにつながりませんでした。管理者がサーバーと設定を確かめます。")),
)


def meaning(kind: str) -> str:
    """What a noted kind of failure means and who does what about it; empty for none."""
    return next(str(words) for beginning, words in MEANINGS if kind.startswith(beginning)) if kind else ""
