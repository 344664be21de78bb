from . import retention_expectation
from . import base_partner_merge, retention_scoring_wizard
