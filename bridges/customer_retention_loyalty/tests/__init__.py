from . import test_coupon
from . import test_benefit
from . import test_tier_end_to_end
