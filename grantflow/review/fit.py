"""How well a reviewer's knowledge meets a proposal: what both name, weighed, and in words (methods 6)."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Weights:
    """What a shared audience, feature and region are worth; each counts once for every word that both name."""

    audience: int = 3
    feature: int = 2
    region: int = 2


@dataclass(frozen=True, slots=True)
class Knows:
    """What a reviewer knows best."""

    audiences: Sequence[str]
    features: Sequence[str]
    regions: Sequence[str]


@dataclass(frozen=True, slots=True)
class About:
    """What a proposal is about, in the words of the call; its area is a text of its own."""

    audiences: Sequence[str]
    features: Sequence[str]
    area: str


def shared(knows: Knows, about: About) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """The audiences, features and regions that both name, in the order in which the proposal names them."""
    return (
        tuple(each for each in about.audiences if each in knows.audiences),
        tuple(each for each in about.features if each in knows.features),
        tuple(each for each in knows.regions if each in about.area),
    )


def worth(knows: Knows, about: About, weights: Weights) -> int:
    """The fit: whole numbers, so that no rounding decides who reads what."""
    audiences, features, regions = shared(knows, about)
    return len(audiences) * weights.audience + len(features) * weights.feature + len(regions) * weights.region


def in_words(knows: Knows, about: About) -> tuple[str, ...]:
    """What fits, word by word."""
    return tuple(each for found in shared(knows, about) for each in found)
