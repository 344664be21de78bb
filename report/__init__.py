from . import retention_duplicate
from . import retention_alert_report
