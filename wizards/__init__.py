from . import base_partner_merge, retention_promise_close, retention_scoring_wizard
from . import retention_alert_outcome
