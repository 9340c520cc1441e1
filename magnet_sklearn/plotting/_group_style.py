"""Names and looks of groups, and how their p-value is written."""

from magnet_sklearn.plotting._style import DASHES, PALETTE

RISKS = {
    1: ["all patients"],
    2: ["low risk", "high risk"],
    3: ["low risk", "middle risk", "high risk"],
}


def group_style(place: int) -> tuple[str, str]:
    """Colour and dashes of a group; yellow would not be read as text."""
    colors = PALETTE[:-1]
    return colors[place % len(colors)], DASHES[place // len(colors) % len(DASHES)]


def p_value_text(p_value: float) -> str:
    """Write a p-value in two digits."""
    return "p < 0.0001" if p_value < 1e-4 else f"p = {p_value:.2g}"
