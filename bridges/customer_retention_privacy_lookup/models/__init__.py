from . import retention_privacy
