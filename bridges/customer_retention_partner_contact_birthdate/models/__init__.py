from . import res_partner
from . import retention_key_date
