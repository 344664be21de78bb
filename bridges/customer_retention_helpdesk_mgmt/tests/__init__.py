from . import test_complaint
from . import test_signal
from . import test_ticket_trigger
from . import test_tickets
from . import test_service_level
from . import test_service_panel
from . import test_service_browser
from . import test_ticket_pain
