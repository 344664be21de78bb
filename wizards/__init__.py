from . import retention_scoring_wizard
