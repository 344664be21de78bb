from . import retention_metrics
from . import retention_profile
from . import retention_signal
