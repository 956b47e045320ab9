"""Settings from the environment: one typed object; a malformed or missing one stops the start with its name."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

ROOT = Path(__file__).resolve().parent
SECRET_LENGTH = 32


class BadSetting(Exception):
    """A setting that cannot be used; the message names it and says what is expected."""

    def __init__(self, name: str, expected: str) -> None:
        super().__init__(f"{name}: {expected}")


@dataclass(frozen=True)
class Settings:
    """All that a running grantflow is told from outside."""

    data_dir: Path
    database_url: str
    secret_key: str
    public_url: str = "http://127.0.0.1:8000"
    files_url: str = ""
    clamd_url: str = ""
    mail_url: str = ""
    mail_from: str = ""
    worker: bool = True

    @classmethod
    def from_environment(cls, environ: Mapping[str, str] = os.environ) -> "Settings":
        """The settings of `environ`, with the defaults of a checkout; creates the data folder.

        Raises BadSetting for one that is malformed. A missing secret is told by `require_secret`, since
        only what signs cookies needs it.
        """
        data_dir = Path(environ.get("GRANTFLOW_DATA_DIR") or "var").resolve()
        try:
            data_dir.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            expected = f"a folder that can be created and written ({error.strerror})"
            raise BadSetting("GRANTFLOW_DATA_DIR", expected) from error
        return cls(
            data_dir=data_dir,
            database_url=_database_url(environ.get("GRANTFLOW_DATABASE_URL", ""), data_dir),
            secret_key=_secret_key(environ.get("GRANTFLOW_SECRET_KEY", "")),
            public_url=_public_url(environ.get("GRANTFLOW_PUBLIC_URL") or cls.public_url),
            files_url=_files_url(environ.get("GRANTFLOW_FILES_URL", "")),
            clamd_url=_clamd_url(environ.get("GRANTFLOW_CLAMD_URL", "")),
            mail_url=_mail_url(environ.get("GRANTFLOW_MAIL_URL", "")),
            mail_from=_mail_from(environ.get("GRANTFLOW_MAIL_FROM", "")),
            worker=_worker(environ.get("GRANTFLOW_WORKER", "")),
        )

    @property
    def stored_files(self) -> str:
        """Where stored files lie, as an address; by default in the data folder."""
        return self.files_url or (self.data_dir / "files").as_uri()

    @property
    def tickets(self) -> Path:
        """Where tickets lie of whoever was turned away, until the database has them."""
        return self.data_dir / "tickets"

    @property
    def outgoing_mail(self) -> str:
        """How mail leaves, as an address; by default into files in the data folder."""
        return self.mail_url if self.mail_url not in ("", "file:") else (self.data_dir / "mail").as_uri()

    @property
    def sender(self) -> str:
        """The address that mails come from."""
        return self.mail_from or f"grantflow@{urlsplit(self.public_url).hostname}"

    def require_secret(self) -> "Settings":
        """These settings, if they hold the secret that a server needs; raises BadSetting otherwise."""
        if not self.secret_key:
            raise BadSetting("GRANTFLOW_SECRET_KEY", f"required: any text of at least {SECRET_LENGTH} characters")
        return self


def _database_url(url: str, data_dir: Path) -> str:
    if not url:
        return f"sqlite:///{data_dir / 'grantflow.db'}"
    scheme = url.split("://", 1)[0]
    if "://" in url and scheme in ("postgresql", "postgres", "postgresql+psycopg"):
        return "postgresql+psycopg://" + url.split("://", 1)[1]
    if scheme == "sqlite" and url.startswith("sqlite:///") and len(url) > len("sqlite:///"):
        return url
    raise BadSetting("GRANTFLOW_DATABASE_URL", "sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME")


def _mail_url(url: str) -> str:
    parts = urlsplit(url)
    if url in ("", "file:") or (parts.scheme == "file" and parts.path.startswith("/") and not parts.netloc):
        return url
    try:
        whole = parts.scheme in ("smtp", "smtps") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        whole = False
    if not whole or parts.path.strip("/") or parts.query or parts.fragment:
        raise BadSetting("GRANTFLOW_MAIL_URL", "file:, file:///FOLDER, smtp://USER:PASSWORD@HOST:PORT or smtps://…")
    return url


def _mail_from(address: str) -> str:
    name, _at, host = address.partition("@")
    if address and (not name or not host or not address.isascii() or any(letter in address for letter in " <>,\r\n")):
        raise BadSetting("GRANTFLOW_MAIL_FROM", "an address such as grants@example.jp")
    return address


def _worker(choice: str) -> bool:
    if choice not in ("", "on", "off"):
        raise BadSetting("GRANTFLOW_WORKER", "on or off")
    return choice != "off"


def _secret_key(secret: str) -> str:
    if secret and len(secret) < SECRET_LENGTH:
        raise BadSetting("GRANTFLOW_SECRET_KEY", f"any text of at least {SECRET_LENGTH} characters")
    return secret


def _public_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
        raise BadSetting("GRANTFLOW_PUBLIC_URL", "an address such as https://grants.example.jp")
    return url.rstrip("/")


def _clamd_url(url: str) -> str:
    parts = urlsplit(url)
    try:
        is_server = parts.scheme == "tcp" and bool(parts.hostname) and parts.port != 0 and not parts.path.strip("/")
    except ValueError:
        is_server = False
    is_socket = parts.scheme == "unix" and not parts.netloc and len(parts.path) > 1
    if url and (not (is_server or is_socket) or parts.query or parts.fragment or "@" in parts.netloc):
        raise BadSetting("GRANTFLOW_CLAMD_URL", "tcp://HOST:PORT or unix:///PATH, the socket of clamd")
    return url


def _files_url(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme == "s3":
        asked = dict(parse_qsl(parts.query, keep_blank_values=True))
        endpoint = urlsplit(asked.get("endpoint", "https://s3"))
        is_plain = parts.netloc and "@" not in parts.netloc and ".." not in parts.path and not parts.fragment
        if (
            is_plain
            and set(asked) <= {"endpoint", "region"}
            and endpoint.scheme in ("http", "https")
            and endpoint.netloc
        ):
            return url
    elif not url or (
        parts.scheme == "file" and len(parts.path) > 1 and not (parts.netloc or parts.query or parts.fragment)
    ):
        return url
    raise BadSetting("GRANTFLOW_FILES_URL", "file:///FOLDER or s3://BUCKET/PREFIX?endpoint=URL&region=REGION")
