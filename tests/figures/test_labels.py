"""Labels keep clear of lines, dots and each other."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_findings import view

from workbench.figures.labels import Box, Wanted, place, spread
from workbench.figures.map import curve_labels


@pytest.mark.parametrize(
    ("segment", "crosses"),
    [
        ((0, 0, 10, 10), True),
        ((-5, 5, 20, 5), True),
        ((0, 12, 12, 0), True),
        ((9, 20, 20, 9), False),
        ((5, 5, 6, 6), True),
        ((-5, 0, -5, 10), False),
        ((11, -5, 11, 20), False),
    ],
)
def test_a_line_through_a_box_is_seen(segment, crosses):
    assert Box(0, 0, 10, 10).crossed(segment) is crosses


def test_a_label_without_room_says_so():
    blocked = [(x, 0.0, x, 40.0) for x in range(0, 100, 4)]
    spot = place([Wanted(50, 10, 30, [(40, 16, 0)])], blocked, [], Box(0, 0, 100, 40))[0]
    assert not spot.free


@pytest.mark.parametrize("steps", [4, 8, 14])
@pytest.mark.parametrize("seed", range(8))
def test_the_maps_labels_overlap_nothing(steps, seed):
    shown = view(steps, seed)
    spots, lines, dots = curve_labels(list(shown["steps"].values()), 1188 // steps)
    assert spots
    for at, spot in enumerate(spots):
        assert spot.free
        assert not any(spot.box.crossed(line) for line in lines)
        assert not any(spot.box.meets(other) for other in dots)
        assert not any(spot.box.meets(other.box) for other in spots[:at])


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-50, 50), min_size=1, max_size=12))
def test_labels_at_lines_ends_are_spread_in_order(heights):
    moved = spread(heights, 5, -50, 50)
    order = sorted(range(len(heights)), key=lambda at: heights[at])
    gaps = [moved[after] - moved[one] for one, after in zip(order, order[1:], strict=False)]
    assert all(gap >= 5 - 1e-6 for gap in gaps)
    assert all(-50 - 1e-6 <= one <= 50 + 1e-6 for one in moved)
