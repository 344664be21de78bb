from . import test_event_file
from . import test_event_sop
from . import test_event_trigger
