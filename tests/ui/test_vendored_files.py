"""What comes from elsewhere is exactly what the manifest says, with its licence."""

import hashlib
import json

from tests.ui.gallery import STATIC

VENDOR = STATIC / "vendor"


def _manifest() -> list[dict]:
    return json.loads((VENDOR / "manifest.json").read_text(encoding="utf-8"))["packages"]


def test_the_manifest_names_every_vendored_file_with_its_hash():
    listed = {
        f"{package['folder']}/{name}": digest for package in _manifest() for name, digest in package["files"].items()
    }

    found = {
        path.relative_to(VENDOR).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in VENDOR.rglob("*")
        if path.is_file() and path.name != "manifest.json"
    }

    assert found == listed


def test_every_vendored_package_carries_its_version_licence_and_text():
    for package in _manifest():
        text = (VENDOR / package["folder"] / "LICENSE").read_text(encoding="utf-8")

        assert package["folder"].endswith(package["version"])
        assert text.startswith(f"{package['licence']} License")
