"""Receipt numbers (受付番号): how they are written, and which place in the series one has (R3.5)."""

import re

#: So many digits are counted; a longer run would not fit into the column of a database.
COUNTED = 18


def written(prefix: str, serial: int) -> str:
    """The receipt number in place `serial` of a series: `KOU-0007`; it grows past four digits when it must."""
    return f"{prefix}-{serial:04d}"


def rehearsed(prefix: str) -> str:
    """The prefix of a rehearsal's own series, which no live number can be taken for."""
    return f"T-{prefix}"


def serial_of(number: str) -> int:
    """The place in the series that `number` ends with; 0 when it ends with no ASCII digit."""
    found = re.search(r"[0-9]+$", number)
    return int(found[0][-COUNTED:]) if found else 0
