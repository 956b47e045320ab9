"""What is told when the storage of files does not do its part: the sentence for the user, the cause for the log."""

from collections.abc import Iterator
from contextlib import contextmanager

from grantflow.core import logs
from grantflow.core.refusals import Unavailable
from grantflow.core.words import _
from grantflow.files.storage import NotStored


@contextmanager
def told_when_not_kept(name: str) -> Iterator[None]:
    """Raise Unavailable, naming the file, where it cannot be stored just now."""
    try:
        yield
    except OSError as error:
        logs.failed(error)
        raise Unavailable(
            _(
                "「%(name)s」を、いま保管できませんでした。前に保存した内容とほかのファイルは、そのまま残っています。"
                "数分待ってから、このファイルをもう一度選んで送ってください。続くときは、公募の問い合わせ先に連絡してください。",
                name=name,
            )
        ) from error


@contextmanager
def told_when_not_read(name: str) -> Iterator[None]:
    """Raise Unavailable, naming the file, where its content is gone, is not what was stored, or cannot be read."""
    try:
        yield
    except NotStored as error:
        logs.failed(error)
        raise Unavailable(
            _(
                "預かった「%(name)s」の中身を取り出せません。ほかのファイルは変わりません。公募の問い合わせ先に、ファイルの名前を知らせてください。",
                name=name,
            )
        ) from error
    except OSError as error:
        logs.failed(error)
        raise Unavailable(
            _(
                "「%(name)s」を、いま取り出せません。預かったファイルはそのまま残っています。"
                "数分待ってから、もう一度開いてください。続くときは、公募の問い合わせ先に連絡してください。",
                name=name,
            )
        ) from error
