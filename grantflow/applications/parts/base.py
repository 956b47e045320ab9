"""What the rules of every part share: what a call asks in it, what is missing, and how it reads."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from grantflow.applications.outline import Part, questions
from grantflow.calls.asking import Question
from grantflow.calls.definition import Definition, Tier
from grantflow.core.text import grapheme_count
from grantflow.core.words import _

Content = Mapping[str, Any]

#: So long may a text be for which the call sets no limit, in characters as people count them.
LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Asking:
    """What the call asks of one proposal: its definition, the tier that was chosen, and the amount asked for so far."""

    says: Definition
    tier: Tier
    requested_yen: int = 0

    def questions(self, part: Part) -> tuple[Question, ...]:
        """The questions of a part."""
        return questions(self.says, self.tier.key, part)


class Gap(NamedTuple):
    """One thing to mend: its part, the field of that part's form, and a sentence that says what to do.

    `is_wrong`: something stands there and cannot stay so; otherwise something is still missing.
    """

    part: Part
    field: str
    sentence: str
    is_wrong: bool = False


class Entry(NamedTuple):
    """One thing that a part says: its label, and the text; `is_contact`: only for who writes to the group."""

    label: str
    text: str
    is_contact: bool = False


@dataclass(frozen=True, slots=True)
class Grid:
    """Several things of one kind that a part says, as a table; `figures` are the columns of numbers.

    Rows that take time are drawn too: `months` are the scale, `spans` the first and last month of each row. Rows that
    stand for files lead to them: `files` are their ids.
    """

    label: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    figures: frozenset[int] = field(default_factory=frozenset)
    #: The last line, when there is one.
    total: tuple[str, ...] = ()
    months: tuple[str, ...] = ()
    spans: tuple[tuple[int, int] | None, ...] = ()
    files: tuple[str, ...] = ()


Reading = Entry | Grid


def no_cautions(_content: Content, _asking: Asking) -> Iterator[Gap]:
    """What is worth a second look in a part of which nothing is."""
    return iter(())


class Rules(NamedTuple):
    """What a part is held to: what it lacks, how it reads, and what of it the lists and results show.

    `private` names what tells of a person: an event says that it changed, never what it says. `cautions` are worth a
    second look: they are told, and nothing is refused for them.
    """

    gaps: Callable[[Content, Asking], Iterator[Gap]]
    reading: Callable[[Content, Asking], Iterator[Reading]]
    reflect: Callable[[Content, Asking], Mapping[str, Any]]
    private: frozenset[str] = frozenset()
    cautions: Callable[[Content, Asking], Iterator[Gap]] = no_cautions


def nothing(_content: Content, _asking: Asking) -> Mapping[str, Any]:
    """What a part reflects of which no list shows anything."""
    return {}


def text_gaps(
    part: Part, name: str, label: str, text: str, limit: int | None, *, required: bool = True
) -> Iterator[Gap]:
    """What a text lacks: it is empty though it is required, or longer than its limit in graphemes (R3.1)."""
    if not text.strip():
        if required:
            yield Gap(part, name, _("%(name)sが空です。書いてください。", name=label))
        return
    over = grapheme_count(text) - (limit or LONGEST)
    if over > 0:
        sentence = _(
            "%(name)sが%(limit)s文字を%(over)s文字超えています。短くしてください。",
            name=label,
            limit=limit or LONGEST,
            over=over,
        )
        yield Gap(part, name, sentence, is_wrong=True)


def answer_gaps(part: Part, content: Content, asking: Asking) -> Iterator[Gap]:
    """What the questions of a part lack."""
    answers = content.get("answers", {})
    for one in asking.questions(part):
        text = answers.get(one.key, "")
        yield from text_gaps(part, f"answer-{one.key}", f"「{one.text}」", text, one.limit, required=one.required)


def answer_reading(part: Part, content: Content, asking: Asking) -> Iterator[Reading]:
    """The questions of a part and what was answered, those too that are asked no more."""
    answers = dict(content.get("answers", {}))
    for one in asking.questions(part):
        yield Entry(one.text, answers.pop(one.key, ""))
    for key, text in answers.items():
        if text:
            yield Entry(_("いまは聞いていない設問（%(key)s）", key=key), text)


def listed(words: Sequence[str]) -> str:
    """Words one after the other."""
    return _("、").join(words)
