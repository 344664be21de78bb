from . import test_survey_answers
from . import test_survey_step
