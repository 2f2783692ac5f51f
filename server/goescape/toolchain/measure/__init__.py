"""What programs allocate: benchmarks that are run, profiles that are read."""

from __future__ import annotations
