from . import test_history_import
from . import test_history_matching
from . import test_demo
