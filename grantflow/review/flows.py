"""Places given out by a flow: how many of what is asked for can be had at once, in whole numbers."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Ask:
    """So many of these reviewers, each at most once."""

    count: int
    among: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Flow:
    """Whether every ask and every least load is met; who was given to each ask, and the asks at the bottleneck."""

    is_whole: bool
    given: tuple[tuple[int, ...], ...]
    blocked: frozenset[int]


def spread(asks: Sequence[Ask], least: Sequence[int], most: Sequence[int]) -> Flow:
    """Give out as many as can be had, each reviewer between `least` and `most`.

    `blocked` are the asks from which nothing more can be reached: where the flow falls short they ask, together, for
    more than their reviewers may take.
    """
    import numpy as np
    from scipy.sparse import csr_matrix
    from scipy.sparse.csgraph import breadth_first_order, maximum_flow

    seats, count = len(least), len(asks)
    source, sink, over = 0, 1, 2
    first_ask, first_seat = 3, 3 + count
    # A load has to reach `least` and may reach `most`: what lies between runs through `over`
    spare = max(0, sum(ask.count for ask in asks) - sum(least))
    edges = [(source, first_ask + place, ask.count) for place, ask in enumerate(asks)]
    edges += [(first_ask + place, first_seat + seat, 1) for place, ask in enumerate(asks) for seat in ask.among]
    edges += [(first_seat + seat, sink, least[seat]) for seat in range(seats)]
    edges += [(first_seat + seat, over, most[seat] - least[seat]) for seat in range(seats)]
    edges.append((over, sink, spare))
    rows, columns, limits = np.array(edges, dtype=np.int32).T
    size = first_seat + seats
    network = csr_matrix((limits, (rows, columns)), shape=(size, size), dtype=np.int32)
    found = maximum_flow(network, source, sink)
    taken = found.flow
    given = tuple(
        tuple(
            int(column) - first_seat
            for column, value in zip(
                taken.indices[taken.indptr[node] : taken.indptr[node + 1]],
                taken.data[taken.indptr[node] : taken.indptr[node + 1]],
                strict=True,
            )
            if value > 0
        )
        for node in range(first_ask, first_seat)
    )
    whole = sum(ask.count for ask in asks) == found.flow_value and sum(least) <= found.flow_value
    left = network - taken
    left.data = np.maximum(left.data, 0)
    left.eliminate_zeros()
    reached = breadth_first_order(left, source, return_predecessors=False)
    blocked = frozenset(int(node) - first_ask for node in reached if first_ask <= node < first_seat)
    return Flow(bool(whole), given, frozenset() if whole else blocked)
