"""Thresholds of law and of the plan as dated rows, the plan to quote from, and what a town has set differently."""
