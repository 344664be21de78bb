from . import helpdesk_ticket_sla
from . import retention_metrics
