"""Why no assignment meets every condition: the smallest set of proposals or reviewers that contradict each other."""

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass

from grantflow.core.words import _, lazy
from grantflow.review.flows import Ask, spread

Pair = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Shortage:
    """Proposals, or reviewers, that ask for more than can be had: `wanted` against `possible`."""

    kind: str
    proposals: tuple[str, ...] = ()
    reviewers: tuple[str, ...] = ()
    wanted: int = 0
    possible: int = 0


def find_shortages(
    needs: Mapping[str, int], limits: Mapping[str, tuple[int, int]], apart: Set[Pair], kept: Set[Pair]
) -> tuple[Shortage, ...]:
    """Every contradiction that stands alone, else the smallest that several make together; nothing where there is none.

    `limits` are the least and the most proposals of each reviewer.
    """
    found = [*_of_locks(needs, limits, apart, kept), *_alone(needs, limits, apart)]
    return tuple(found) or tuple(_together(needs, limits, apart, kept))


def _of_locks(
    needs: Mapping[str, int], limits: Mapping[str, tuple[int, int]], apart: Set[Pair], kept: Set[Pair]
) -> list[Shortage]:
    found = [Shortage("kept_apart", (number,), (label,)) for number, label in sorted(kept) if (number, label) in apart]
    of_proposal, of_reviewer = Counter(number for number, _l in kept), Counter(label for _n, label in kept)
    for number, count in sorted(of_proposal.items()):
        if count > needs.get(number, 0):
            found.append(Shortage("kept_for_proposal", (number,), (), count, needs.get(number, 0)))
    for label, count in sorted(of_reviewer.items()):
        if count > limits[label][1]:
            found.append(Shortage("kept_for_reviewer", (), (label,), count, limits[label][1]))
    return found


def _alone(needs: Mapping[str, int], limits: Mapping[str, tuple[int, int]], apart: Set[Pair]) -> list[Shortage]:
    found = []
    for number, need in sorted(needs.items()):
        able = sum(most > 0 and (number, label) not in apart for label, (_least, most) in limits.items())
        if able < need:
            found.append(Shortage("proposal", (number,), (), need, able))
    for label, (least, most) in sorted(limits.items()):
        able = sum((number, label) not in apart for number in needs)
        if least > min(most, able):
            found.append(Shortage("reviewer", (), (label,), least, min(most, able)))
    wanted, possible = sum(needs.values()), sum(most for _least, most in limits.values())
    if not found and wanted > possible:
        found.append(Shortage("everything", tuple(sorted(needs)), (), wanted, possible))
    least_of_all = sum(least for least, _most in limits.values())
    if not found and least_of_all > wanted:
        found.append(Shortage("idle", (), tuple(sorted(limits)), least_of_all, wanted))
    return found


def _together(
    needs: Mapping[str, int], limits: Mapping[str, tuple[int, int]], apart: Set[Pair], kept: Set[Pair]
) -> list[Shortage]:
    numbers, labels = sorted(needs), sorted(limits)
    loads = Counter(label for _n, label in kept)
    able = {
        number: [label for label in labels if (number, label) not in apart and (number, label) not in kept]
        for number in numbers
    }
    left = {number: needs[number] - sum((number, label) in kept for label in labels) for number in numbers}
    room = {label: limits[label][1] - loads[label] for label in labels}
    place = {label: j for j, label in enumerate(labels)}
    asks = [Ask(left[number], tuple(place[label] for label in able[number])) for number in numbers]
    free = spread(asks, [0] * len(labels), [room[label] for label in labels])
    if not free.is_whole:
        core = _smallest([numbers[each] for each in sorted(free.blocked)], left, able, room)
        return [Shortage("proposals", tuple(core), (), sum(left[each] for each in core), _room(core, able, room))]
    least = {label: max(0, limits[label][0] - loads[label]) for label in labels}
    if spread(asks, [least[label] for label in labels], [room[label] for label in labels]).is_whole:
        return []
    turned = {label: [number for number in numbers if label in able[number]] for label in labels}
    row = {number: i for i, number in enumerate(numbers)}
    back = spread(
        [Ask(least[label], tuple(row[number] for number in turned[label])) for label in labels],
        [0] * len(numbers),
        [left[number] for number in numbers],
    )
    core = _smallest([labels[each] for each in sorted(back.blocked)], least, turned, left)
    return [Shortage("reviewers", (), tuple(core), sum(least[each] for each in core), _room(core, turned, left))]


def _room(core: list[str], able: Mapping[str, list[str]], room: Mapping[str, int]) -> int:
    """How many places there are for the names of `core` together."""
    return sum(min(room[other], count) for other, count in Counter(o for each in core for o in able[each]).items())


def _smallest(
    core: list[str], wanted: Mapping[str, int], able: Mapping[str, list[str]], room: Mapping[str, int]
) -> list[str]:
    """Those of `core` without which there would be no contradiction."""
    for each in list(core):
        fewer = [other for other in core if other != each]
        if sum(wanted[other] for other in fewer) > _room(fewer, able, room):
            core = fewer
    return core


def in_words(shortage: Shortage, names: Mapping[str, str]) -> str:
    """The contradiction as a sentence that names who, and ends with what to do; `names` are the reviewers'."""
    values = {
        "numbers": _("、").join(shortage.proposals),
        "names": _("、").join(names.get(label, label) for label in shortage.reviewers),
        "wanted": shortage.wanted,
        "possible": shortage.possible,
    }
    return str(_SENTENCES[shortage.kind]) % values


_SENTENCES = {
    "kept_apart": lazy(
        "%(numbers)s には %(names)s を固定していますが、利益相反があるか、担当させない組です。固定を外してください。"
    ),
    "kept_for_proposal": lazy(
        "%(numbers)s には委員を%(wanted)s人固定していますが、必要なのは%(possible)s人です。固定を減らしてください。"
    ),
    "kept_for_reviewer": lazy(
        "%(names)s には応募を%(wanted)s件固定していますが、上限は%(possible)s件です。"
        "固定を減らすか、上限を上げてください。"
    ),
    "proposal": lazy(
        "%(numbers)s は担当できる委員が%(possible)s人で、%(wanted)s人必要です。"
        "委員を加えるか、担当させない組を外してください。"
    ),
    "reviewer": lazy(
        "%(names)s が担当できる応募は%(possible)s件で、下限の%(wanted)s件に足りません。下限を下げてください。"
    ),
    "everything": lazy(
        "担当は全部で%(wanted)s枚必要ですが、委員の上限の合計は%(possible)s枚です。上限を上げるか、委員を加えてください。"
    ),
    "idle": lazy("委員の下限の合計は%(wanted)s枚ですが、担当は全部で%(possible)s枚です。下限を下げてください。"),
    "proposals": lazy(
        "%(numbers)s には合わせて%(wanted)s人必要ですが、担当できる委員の空きは%(possible)s人分です。"
        "その委員の上限を上げるか、委員を加えてください。"
    ),
    "reviewers": lazy(
        "%(names)s の下限は合わせて%(wanted)s件ですが、担当できる応募は%(possible)s件分です。下限を下げてください。"
    ),
}
