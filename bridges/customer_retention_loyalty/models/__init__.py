from . import loyalty_card
from . import retention_enrollment
from . import retention_metrics
from . import retention_sop
from . import retention_sop_step
from . import retention_sop_step_run
from . import retention_tier_benefit
