from . import crm_lead
from . import retention_metrics
from . import retention_sop
from . import retention_sop_step
from . import retention_service
