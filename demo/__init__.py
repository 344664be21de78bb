"""Plan of the demo company: pure, seeded, no Odoo, no clock.

``generator.plan(as_of)`` says who buys what and when; ``models/retention_demo.py`` carries
it out. Every name of a person, a firm and a street is invented.
"""
