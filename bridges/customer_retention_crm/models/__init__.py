from . import crm_lead
from . import crm_lead_badges
from . import retention_metrics
from . import retention_page
from . import retention_service
from . import retention_sop
from . import retention_sop_step
from . import retention_timeline
