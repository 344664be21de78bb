from . import pos_order
from . import retention_metrics
from . import retention_refresh_request
from . import retention_timeline
