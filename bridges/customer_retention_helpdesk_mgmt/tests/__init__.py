from . import test_tickets
from . import test_signal
