from . import retention_feedback
from . import survey_survey
from . import survey_user_input
from . import retention_enrollment
from . import retention_sop_step
