"""Secrets that must be read again (the keys of one-time codes) are stored sealed under the server's own secret."""

import base64
import hmac
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from grantflow.core.refusals import Refused
from grantflow.core.words import _

#: Named in each sealed text, so that another way of sealing can follow.
FIRST_WAY = "1:"
NONCE = 12


class Sealing:
    """The seal of this process: AES-GCM under a key drawn from the server's secret by HKDF."""

    def __init__(self) -> None:
        self._cipher: AESGCM | None = None
        self._marking = b""

    def use(self, secret: str) -> None:
        """Seal under `secret` from now on; an empty one leaves nothing that can seal."""
        key = HKDF(SHA256(), 32, salt=None, info=b"grantflow sealing 1").derive(secret.encode())
        self._cipher = AESGCM(key) if secret else None
        self._marking = HKDF(SHA256(), 32, salt=None, info=b"grantflow marking 1").derive(secret.encode())

    def seal(self, text: str, purpose: str) -> str:
        """`text` sealed for `purpose` (whose it is and what for): it opens for no other."""
        nonce = secrets.token_bytes(NONCE)
        sealed = nonce + self._ready().encrypt(nonce, text.encode(), purpose.encode())
        return FIRST_WAY + base64.urlsafe_b64encode(sealed).decode()

    def open(self, sealed: str, purpose: str) -> str:
        """What was sealed for `purpose`; refused when it was altered, or sealed under another secret."""
        cipher = self._ready()
        try:
            stored = base64.urlsafe_b64decode(sealed.removeprefix(FIRST_WAY))
            return cipher.decrypt(stored[:NONCE], stored[NONCE:], purpose.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise Refused(
                _(
                    "しまってある鍵を開けません。サーバーの秘密の文字列（GRANTFLOW_SECRET_KEY）が前と違います。"
                    "元の文字列に戻すか、管理者がワンタイムコードの設定を消して、本人が設定し直してください。"
                )
            ) from error

    def mark(self, text: str, purpose: str) -> str:
        """What is stored of a short code for `purpose`: whoever reads the database alone can try no codes on it."""
        self._ready()
        return hmac.new(self._marking, f"{purpose}\x00{text}".encode(), "sha256").hexdigest()

    def _ready(self) -> AESGCM:
        if self._cipher is None:
            raise Refused(
                _(
                    "サーバーの秘密の文字列（GRANTFLOW_SECRET_KEY）が決まっていないので、鍵を扱えません。"
                    "サーバーと同じ文字列を環境変数に入れて、もう一度実行してください。"
                )
            )
        return self._cipher


sealing = Sealing()
