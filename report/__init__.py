from . import retention_duplicate
