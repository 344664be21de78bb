from . import res_company
from . import retention_alert
from . import retention_enrollment
from . import retention_sop_step
from . import retention_sop_step_run
