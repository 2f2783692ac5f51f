"""What programs really allocated: profiles, benchmarks, and the findings behind them."""

from __future__ import annotations
