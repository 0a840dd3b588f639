"""How candidates are trained: the form of a recipe."""

from scheduling.admin.recipes import pages

__all__ = ["pages"]
