from . import retention_metrics
