"""How large and how many files may be: one value that pages show and that the program enforces."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from grantflow.core.words import _
from grantflow.files.kinds import ALL, Kind, in_words

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """The largest file in bytes, and of files that belong together how many there are and their bytes together."""

    largest_file: int = 10 * MEGABYTE
    files: int = 30
    whole: int = 100 * MEGABYTE
    #: What is sent at once may have so many bytes.
    request: int = 20 * MEGABYTE

    def sentences(self, kinds: Iterable[Kind] = ALL) -> tuple[str, ...]:
        """What somebody should know before choosing files."""
        return (
            _("使える形式：%(kinds)s", kinds=in_words(kinds)),
            _("1件は%(size)sまで", size=in_megabytes(self.largest_file)),
            _("全部で%(count)d件、合わせて%(size)sまで", count=self.files, size=in_megabytes(self.whole)),
        )

    def refusal_of_one(self, size: int) -> str | None:
        """Why a file of `size` bytes cannot be taken, in a sentence; None when it can."""
        if size <= self.largest_file:
            return None
        return _(
            "ファイルが大きすぎます（%(size)s）。%(most)sまでに小さくするか、いくつかに分けてください。",
            size=in_megabytes(size),
            most=in_megabytes(self.largest_file),
        )

    def refusal(self, there: Iterable[int], adding: Iterable[int]) -> str | None:
        """Why files of the sizes `adding` cannot join those `there`, in a sentence; None when they can."""
        sizes: Sequence[int] = (*there, *adding)
        if len(sizes) > self.files:
            return _(
                "ファイルは%(most)d件までです（いま選んだものを入れると%(count)d件）。要らないものを外してください。",
                most=self.files,
                count=len(sizes),
            )
        if sum(sizes) > self.whole:
            return _(
                "ファイルは合わせて%(most)sまでです（いま選んだものを入れると%(size)s）。"
                "要らないものを外すか、小さくしてください。",
                most=in_megabytes(self.whole),
                size=in_megabytes(sum(sizes)),
            )
        return None


def in_megabytes(size: int) -> str:
    """A size as people read it: 10MB, 9.9MB, 340KB; never rounded below what it is."""
    if size >= MEGABYTE:
        tenths = -(-size * 10 // MEGABYTE)
        return f"{tenths // 10}MB" if tenths % 10 == 0 else f"{tenths // 10}.{tenths % 10}MB"
    return f"{-(-size // 1024)}KB"


LIMITS = Limits()
