from . import mailing_mailing
from . import mailing_trace
from . import retention_metrics
from . import retention_timeline
