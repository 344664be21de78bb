from . import event_event
from . import event_registration
from . import retention_enrollment
from . import retention_metrics
from . import retention_refresh_request
from . import retention_sop
from . import retention_sop_step
from . import retention_timeline
