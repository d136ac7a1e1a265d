"""Numbers without gaps."""

from hypothesis import given
from hypothesis import strategies as st

from aioformal.native.numbering import without_gaps


def test_what_lies_at_the_end_moves_nothing() -> None:
    assert without_gaps(64, [(10, 64)]) == (10, [])


def test_states_beyond_the_end_fill_gaps() -> None:
    # Two workers with four numbers each: the first has used two of them.
    assert without_gaps(8, [(2, 4), (8, 8)]) == (6, [(6, 2), (7, 3)])


def test_gaps_beyond_the_end_are_no_gaps() -> None:
    moves = [(8, 1), (9, 2), (10, 3), (11, 5)]
    assert without_gaps(12, [(1, 4), (5, 8), (12, 12)]) == (6, moves)


@given(st.lists(st.integers(0, 8), min_size=1, max_size=6))
def test_used_numbers_are_as_many_as_before_and_without_gaps(used_of_eight: list[int]) -> None:
    unused = [(8 * n + used, 8 * n + 8) for n, used in enumerate(used_of_eight)]
    given_out = 8 * len(used_of_eight)
    numbers = {8 * n + i for n, used in enumerate(used_of_eight) for i in range(used)}
    count, moves = without_gaps(given_out, unused)
    for source, target in moves:
        numbers.remove(source)
        assert target not in numbers
        numbers.add(target)
    assert numbers == set(range(count))
