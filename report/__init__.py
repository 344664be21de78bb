from . import retention_duplicate
from . import customer_brief
from . import retention_alert_report
from . import retention_sop_report
from . import retention_ledger_report
