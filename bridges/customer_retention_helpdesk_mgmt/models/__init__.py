from . import retention_profile
