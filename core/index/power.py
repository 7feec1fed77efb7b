"""Whether this computer runs on its battery. Knows nothing of what is to be saved.

psutil (BSD-3) asks the system; a desktop has no battery, and some laptops do not tell whether the charger is in: both
count as plugged in.
"""

from __future__ import annotations


def on_battery() -> bool:
    """Asked anew each time; a read of /sys on Linux."""
    import psutil

    found = psutil.sensors_battery()
    return found is not None and found.power_plugged is False
