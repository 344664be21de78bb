from . import test_opportunity
from . import test_lead_badges
from . import test_service_panel
from . import test_win_back
