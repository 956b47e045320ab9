"""One-time codes by the clock (TOTP, RFC 6238) and recovery codes: pure functions."""

import datetime as dt
import hmac
import secrets
from dataclasses import dataclass

import pyotp
import segno

ISSUER = "grantflow"
STEP_SECONDS = 30
DIGITS = 6
#: How far the clock of a telephone may be off, in steps to either side.
STEPS_OFF = 1
RECOVERY_CODES = 10
#: Letters and digits that nobody takes for one another; 16 to the power of 3 groups of 4 is 60 bits and more.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
GROUPS, GROUP = 3, 4


@dataclass(frozen=True, slots=True)
class Picture:
    """A QR code: its side in modules, its quiet zone included, and the path that draws the dark ones."""

    side: int
    path: str


def new_key() -> str:
    """A key for one-time codes (160 bits), in the letters that an application takes."""
    return pyotp.random_base32()


def address(key: str, email: str) -> str:
    """The address that an application reads from the picture."""
    return pyotp.TOTP(key).provisioning_uri(name=email, issuer_name=ISSUER)


def picture(text: str) -> Picture:
    """`text` as a QR code."""
    quiet = 4
    code = segno.make(text, error="m", micro=False)
    dark = [
        f"M{x + quiet} {y + quiet}h1v1h-1z"
        for y, row in enumerate(code.matrix)
        for x, module in enumerate(row)
        if module
    ]
    return Picture(len(code.matrix) + 2 * quiet, "".join(dark))


def step_at(at: dt.datetime) -> int:
    """The step of the clock, counted from 1970."""
    return int(at.timestamp()) // STEP_SECONDS


def code_at(key: str, at: dt.datetime) -> str:
    """The code that an application shows at `at`."""
    return pyotp.TOTP(key).generate_otp(step_at(at))


def step_of(key: str, typed: str, at: dt.datetime) -> int | None:
    """The step whose code was typed, at most one from that of `at`; None when it is none of them."""
    code = plain(typed)
    found = None
    for step in range(step_at(at) - STEPS_OFF, step_at(at) + STEPS_OFF + 1):
        if hmac.compare_digest(pyotp.TOTP(key).generate_otp(step).encode(), code.encode()):
            found = step
    return found


def new_recovery_codes() -> list[str]:
    """Ten codes that each stand in for a one-time code once."""
    return [
        "-".join("".join(secrets.choice(ALPHABET) for _letter in range(GROUP)) for _group in range(GROUPS))
        for _code in range(RECOVERY_CODES)
    ]


def plain(typed: str) -> str:
    """A code as it is compared: without spaces and hyphens, in small letters, full-width digits narrowed."""
    narrow = str.maketrans("０１２３４５６７８９", "0123456789")
    return "".join(letter for letter in typed.translate(narrow).lower() if letter.isascii() and letter.isalnum())
