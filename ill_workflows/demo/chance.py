"""Chance, from a stream that is given: the same stream gives the same draws."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


def pick(rng: Random, table: Sequence[tuple[T, int]]) -> T:
    """One of a table's things, each as often as its weight says."""
    return rng.choices([thing for thing, _ in table], [weight for _, weight in table])[0]


def poisson(rng: Random, mean: float) -> int:
    """How many come where ``mean`` come on average."""
    count, left = 0, rng.expovariate(1)
    while left < mean:
        count += 1
        left += rng.expovariate(1)
    return count
