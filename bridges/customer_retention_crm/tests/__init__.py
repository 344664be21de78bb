from . import test_opportunity
from . import test_lead_badges
