"""Arithmetic of customer retention: pandas and numpy only, no Odoo, no clock, no I/O."""
