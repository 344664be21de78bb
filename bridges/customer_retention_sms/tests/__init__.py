from . import test_sms
from . import test_alert_sms
