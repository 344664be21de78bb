from . import retention_duplicate
from . import customer_brief
from . import retention_alert_report
from . import retention_sop_report
from . import retention_feedback_report
from . import retention_problem
from . import sale_report_stamp
from . import retention_competitor_report
