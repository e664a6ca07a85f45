"""`make bench`: every measurement, one after the other. `python -m bench room` runs one of them."""

import runpy
import sys

ALL = (
    "pricing",
    "validation",
    "writer",
    "documents",
    "exports",
    "moving",
    "api",
    "connections",
    "webhooks",
    "room",
    "history",
    "leaving",
    "convergence",
    "beside",
)


def main() -> None:
    """Run the named measurements, or all."""
    for name in sys.argv[1:] or ALL:
        print(f"\n== {name}", flush=True)
        runpy.run_module(f"bench.{name}", run_name="__main__")


if __name__ == "__main__":
    main()
