from . import res_company
from . import retention_metrics
from . import retention_run
from . import retention_run_part
