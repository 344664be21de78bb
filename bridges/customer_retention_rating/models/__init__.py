from . import rating_rating
from . import retention_feedback
