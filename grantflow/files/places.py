"""The places where content can lie, each offering the same few acts: a folder, or a bucket of S3-compatible storage."""

import errno
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, unquote, urlsplit

PIECE = 1024 * 1024
#: How much of an object is fetched at once.
FETCHED = 8 * PIECE
#: A bucket that does not answer within so many seconds is taken for one that is not there.
PATIENCE_SECONDS = 10
TRIES = 3


class Place(Protocol):
    """What the program asks of a place; `key` is a path in it, below which nothing else lies.

    Every act raises OSError when the place does not do its part; FileNotFoundError when nothing lies under the key.
    """

    def create(self, key: str, content: bytes) -> None:
        """Write new content, to the disk and whole or not at all; FileExistsError when something lies there."""

    def replace(self, key: str, content: bytes) -> None:
        """Write content over what lies there, whole or not at all."""

    def pieces(self, key: str) -> Iterator[bytes]:
        """The content, in pieces of at most some megabytes."""

    def remove(self, key: str) -> None:
        """Take the content away; nothing happens when nothing lies there."""

    def keys(self) -> Iterator[str]:
        """Every key, in their order."""

    def can_write(self) -> bool:
        """Whether content could be written now."""

    def sweeper(self) -> Callable[[], None]:
        """What takes away all content, and what was made to hold it from now on; for a place that was empty."""


class Folder:
    """A folder on a disk, made when it is first written to."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def create(self, key: str, content: bytes) -> None:
        """Write a new file; it gets its name when all of it is on the disk."""
        path = self.path(key)
        with self._beginning(path, content) as beginning:
            try:
                os.link(beginning, path)
            except FileExistsError:
                raise
            except OSError as error:
                # A disk without links: nothing else writes other content under this name
                if error.errno not in (errno.EPERM, errno.ENOTSUP, errno.ENOSYS, errno.EMLINK) or path.exists():
                    raise
                beginning.replace(path)

    def replace(self, key: str, content: bytes) -> None:
        """Write a file in place of the one that is there."""
        path = self.path(key)
        with self._beginning(path, content) as beginning:
            beginning.replace(path)

    def pieces(self, key: str) -> Iterator[bytes]:
        """The content of the file, in pieces."""
        with self.path(key).open("rb") as file:
            while piece := file.read(PIECE):
                yield piece

    def remove(self, key: str) -> None:
        """Remove the file."""
        self.path(key).unlink(missing_ok=True)

    def keys(self) -> Iterator[str]:
        """The path of every file below the folder."""
        if self.root.is_dir():
            for path in sorted(self.root.rglob("*")):
                if path.is_file():
                    yield path.relative_to(self.root).as_posix()

    def can_write(self) -> bool:
        """Whether files can be written to the folder, or to where it will be made."""
        there = next(place for place in (self.root, *self.root.parents) if place.exists())
        return there.is_dir() and os.access(there, os.W_OK | os.X_OK)

    def sweeper(self) -> Callable[[], None]:
        """What removes every file, and the folders that are not there yet."""
        made = [place for place in (self.root, self.root.parent) if not place.exists()]

        def sweep() -> None:
            for path in sorted(self.root.rglob("*"), reverse=True):
                path.rmdir() if path.is_dir() else path.unlink(missing_ok=True)
            for place in made:
                if place.is_dir():
                    place.rmdir()

        return sweep

    def path(self, key: str) -> Path:
        """Where the file of this key lies, if it does."""
        return self.root / key

    @contextmanager
    def _beginning(self, path: Path, content: bytes) -> Iterator[Path]:
        """The content on the disk under a name that nobody asks for; the folder's names last at the end."""
        path.parent.mkdir(parents=True, exist_ok=True)
        beginning = path.parent / f".{path.name[:8]}-{uuid.uuid4().hex}"
        try:
            with beginning.open("xb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            yield beginning
        finally:
            beginning.unlink(missing_ok=True)
        _settle(path.parent)


class Bucket:
    """A part of a bucket in S3-compatible storage; who may use it stands in the usual variables (`AWS_…`)."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        asked = {name: values[-1] for name, values in parse_qs(parts.query).items()}
        self._prefix = f"{parts.netloc}/{unquote(parts.path).strip('/')}".rstrip("/")
        self._options: dict[str, Any] = {
            "endpoint_url": asked.get("endpoint"),
            "client_kwargs": {"region_name": asked["region"]} if "region" in asked else {},
            "config_kwargs": {
                "connect_timeout": PATIENCE_SECONDS,
                "read_timeout": PATIENCE_SECONDS,
                "retries": {"max_attempts": 1, "mode": "standard"},
            },
            "use_listings_cache": False,
            "default_fill_cache": False,
        }

    def create(self, key: str, content: bytes) -> None:
        """Write a new object; the storage itself refuses a second one where it knows how to."""
        with self._files() as files:
            files.pipe_file(self._path(key), content, mode="create")

    def replace(self, key: str, content: bytes) -> None:
        """Write an object in place of the one that is there."""
        with self._files() as files:
            files.pipe_file(self._path(key), content)

    def pieces(self, key: str) -> Iterator[bytes]:
        """The content of the object, fetched in pieces."""
        with self._files() as files:
            size = files.info(self._path(key))["size"]
        for start in range(0, size, FETCHED):
            with self._files() as files:
                piece = files.cat_file(self._path(key), start=start, end=min(start + FETCHED, size))
            yield piece

    def remove(self, key: str) -> None:
        """Remove the object."""
        with suppress(FileNotFoundError), self._files() as files:
            files.rm_file(self._path(key))

    def keys(self) -> Iterator[str]:
        """The key of every object below the prefix."""
        with self._files() as files:
            found = sorted(files.find(self._prefix)) if files.exists(self._bucket) else []
        for path in found:
            yield path.removeprefix(f"{self._prefix}/")

    def can_write(self) -> bool:
        """Whether the bucket answers."""
        try:
            with self._files() as files:
                return bool(files.exists(self._bucket))
        except OSError:
            return False

    def sweeper(self) -> Callable[[], None]:
        """What removes every object below the prefix."""

        def sweep() -> None:
            for key in list(self.keys()):
                with self._files() as files:
                    files.rm_file(self._path(key))

        return sweep

    @property
    def _bucket(self) -> str:
        return self._prefix.partition("/")[0]

    def _path(self, key: str) -> str:
        return f"{self._prefix}/{key}"

    @contextmanager
    def _files(self) -> Iterator[Any]:
        """The storage; whatever it raises is an OSError that names the kind of failure and no address."""
        import s3fs
        from aiohttp import ClientError
        from botocore.exceptions import BotoCoreError

        try:
            # Kept by the library for each process and thread that asks with the same options
            files = s3fs.S3FileSystem(**self._options)
            files.retries = TRIES
            yield files
        except (BotoCoreError, ClientError, TimeoutError) as error:
            raise OSError(type(error).__name__) from error


def place(url: str) -> Place:
    """The place at `url`: `file:///FOLDER` or `s3://BUCKET/PREFIX?endpoint=URL`; ValueError for any other address."""
    parts = urlsplit(url)
    if parts.scheme == "s3" and parts.netloc:
        return Bucket(url)
    if parts.scheme != "file" or parts.netloc or parts.query or parts.fragment or not parts.path.startswith("/"):
        raise ValueError(url)
    return Folder(Path(unquote(parts.path)) / "sha256")


def _settle(folder: Path) -> None:
    """Make the names of a folder last through a power cut."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
