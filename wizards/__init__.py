from . import base_partner_merge, retention_scoring_wizard
from . import retention_alert_outcome
from . import retention_expectation
from . import retention_promise_close
from . import retention_alert_snooze
from . import retention_handover
from . import retention_cadence_plan
from . import retention_sop_dry_run
from . import retention_sop_enroll
from . import retention_send_switch
from . import mail_activity_schedule
from . import retention_sop_handover
from . import retention_tier_proposal
from . import retention_tier_preview
from . import retention_tier_lock
from . import retention_feedback_import
from . import retention_feedback_import_rows
from . import retention_case_close
