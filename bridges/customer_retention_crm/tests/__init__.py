from . import test_opportunity
from . import test_service_panel
