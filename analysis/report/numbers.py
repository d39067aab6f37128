"""Numbers as a reader wants them: rounded to their uncertainty, sizes and durations in fitting units."""

from __future__ import annotations

import math
from datetime import UTC, datetime

DASH, MINUS, THIN_SPACE = "\N{EN DASH}", "\N{MINUS SIGN}", "\N{THIN SPACE}"


def with_uncertainty(value: float, uncertainty: float) -> str:
    """'12.3 ± 1.4': both rounded to two significant digits of the uncertainty, at most to whole numbers."""
    decimals = _decimals(uncertainty)
    return f"{number(value, decimals)} ± {number(uncertainty, decimals)}"


def _decimals(uncertainty: float) -> int:
    if not math.isfinite(uncertainty) or uncertainty <= 0:
        return 2
    return max(0, 1 - math.floor(math.log10(uncertainty)))


def number(value: float, decimals: int = 0) -> str:
    """Fixed decimals, thin spaces between thousands, a real minus sign; a rounded zero has no sign."""
    if not math.isfinite(value):
        return DASH if math.isnan(value) else ("∞" if value > 0 else f"{MINUS}∞")
    digits = f"{abs(value):,.{decimals}f}".replace(",", THIN_SPACE)
    return f"{MINUS}{digits}" if value < 0 and digits.strip(f"0.{THIN_SPACE}") else digits


def signed(value: float, decimals: int = 2) -> str:
    shown = number(value, decimals)
    return shown if shown.startswith(MINUS) or not shown.strip("0.") else f"+{shown}"


def percent(fraction: float) -> str:
    return DASH if not math.isfinite(fraction) else f"{100 * fraction:.2g}{THIN_SPACE}%"


def byte_size(size: int) -> str:
    """'12 B', '3.4 kB', '1.2 MB' (powers of 1000)."""
    amount = float(size)
    for unit in ("B", "kB", "MB", "GB"):
        if amount < 999.5:
            return f"{size} B" if unit == "B" else f"{amount:.3g} {unit}"
        amount /= 1000
    return f"{amount:.4g} TB"


def duration(seconds: float) -> str:
    """'0.12 s', '34 s', '2 min 05 s', '1 h 02 min'."""
    if not math.isfinite(seconds):
        return DASH
    if seconds < 9.95:
        return f"{seconds:.2g} s" if seconds >= 0.1 else f"{1000 * seconds:.0f} ms"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def moment(iso: str) -> str:
    """'2026-03-01 14:05:09', in UTC, of an ISO time; what is no ISO time is shown as it is."""
    try:
        when = datetime.fromisoformat(iso)
    except ValueError:
        return iso
    return (when.astimezone(UTC) if when.tzinfo else when).strftime("%Y-%m-%d %H:%M:%S")
