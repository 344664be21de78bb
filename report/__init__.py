from . import retention_duplicate
from . import customer_brief
