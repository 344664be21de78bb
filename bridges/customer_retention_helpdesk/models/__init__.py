from . import helpdesk_stage
from . import helpdesk_ticket
from . import retention_case
from . import retention_metrics
from . import retention_refresh_request
from . import retention_service
from . import retention_signal
