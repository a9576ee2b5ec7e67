"""How often a before-and-after comparison finds a change that is not there: figures of our own simulation.

Knows the table that `python -m benchmarks.before_after` printed, and how to read it; nothing of a series.
"""

from __future__ import annotations

import math

import numpy as np

from .checks import one_of

# How often p < .05 for a level change that is not there, by (method, n) and rho: benchmarks/before_after.py, 1,000
# series a cell, seed 20250; the standard error of each figure is about 0.01.
RHOS = (0.0, 0.2, 0.4, 0.6, 0.8)
FALSE_ALARMS: dict[tuple[str, int], tuple[float, ...]] = {
    ("REML", 12): (0.120, 0.132, 0.112, 0.131, 0.144),
    ("REML", 16): (0.098, 0.097, 0.111, 0.109, 0.116),
    ("REML", 24): (0.056, 0.086, 0.085, 0.109, 0.089),
    ("REML", 36): (0.053, 0.075, 0.091, 0.090, 0.090),
    ("REML", 60): (0.076, 0.063, 0.061, 0.066, 0.084),
    ("REML", 120): (0.063, 0.052, 0.058, 0.059, 0.058),
    ("ML", 12): (0.164, 0.211, 0.207, 0.257, 0.294),
    ("ML", 16): (0.147, 0.150, 0.186, 0.204, 0.256),
    ("ML", 24): (0.084, 0.137, 0.137, 0.177, 0.178),
    ("ML", 36): (0.069, 0.097, 0.113, 0.132, 0.177),
    ("ML", 60): (0.092, 0.088, 0.093, 0.093, 0.119),
    ("ML", 120): (0.071, 0.065, 0.076, 0.076, 0.089),
    ("Newey-West", 12): (0.217, 0.244, 0.241, 0.312, 0.352),
    ("Newey-West", 16): (0.195, 0.228, 0.252, 0.268, 0.320),
    ("Newey-West", 24): (0.122, 0.201, 0.220, 0.279, 0.307),
    ("Newey-West", 36): (0.127, 0.183, 0.210, 0.251, 0.348),
    ("Newey-West", 60): (0.142, 0.148, 0.174, 0.219, 0.325),
    ("Newey-West", 120): (0.088, 0.099, 0.133, 0.158, 0.292),
    ("OLS", 12): (0.058, 0.076, 0.093, 0.156, 0.190),
    ("OLS", 16): (0.046, 0.079, 0.122, 0.176, 0.244),
    ("OLS", 24): (0.041, 0.094, 0.142, 0.244, 0.329),
    ("OLS", 36): (0.049, 0.099, 0.178, 0.279, 0.424),
    ("OLS", 60): (0.069, 0.125, 0.190, 0.298, 0.455),
    ("OLS", 120): (0.060, 0.093, 0.193, 0.295, 0.503),
}


def false_alarm_rate(method: str, n: int, rho: float) -> float:
    """How often does this method find (p < .05) a level change that is not there? A share, from our own simulation.

    AR(1) errors with this rho, a change in the middle, no trend, no season; the nearest length simulated (ratio of
    lengths), straight between the values of rho, and no further than the ends of the table.
    """
    one_of("method", method, dict.fromkeys(name for name, _ in FALSE_ALARMS))
    lengths = [length for name, length in FALSE_ALARMS if name == method]
    nearest = min(lengths, key=lambda length: abs(math.log(length / n)))
    return float(np.interp(rho, RHOS, FALSE_ALARMS[method, nearest]))
