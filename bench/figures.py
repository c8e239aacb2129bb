"""One measured figure with its bar, and the table of them."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Figure:
    """`value` against one bar; without a bar it is told for information. `raw` keeps what it was worked out from."""

    goal: str
    what: str
    value: float
    at_most: float | None = None
    at_least: float | None = None
    raw: dict = field(default_factory=dict)

    @property
    def passed(self):
        """None without a bar."""
        if self.at_most is not None:
            return self.value <= self.at_most
        return None if self.at_least is None else self.value >= self.at_least

    @property
    def bar(self):
        if self.at_most is not None:
            return f"≤ {self.at_most:g}"
        return "" if self.at_least is None else f"≥ {self.at_least:g}"

    @property
    def shown(self):
        if isinstance(self.value, int):
            return str(self.value)
        return f"{self.value:.3f}" if self.value < 0.3 else f"{self.value:.2f}"

    @property
    def verdict(self):
        return {True: "达到", False: "未达到", None: "供参考"}[self.passed]

    def as_json(self):
        names = ("goal", "what", "value", "shown", "bar", "passed", "verdict", "raw")
        return {name: getattr(self, name) for name in names}


def missed(figures):
    return [figure for figure in figures if figure.passed is False]


def line(figure):
    """One line of the table on the terminal."""
    return f"{figure.goal:<4}{figure.shown:>9}  {figure.bar:<8}{figure.verdict}\t{figure.what}"
