from . import case
from . import main
from . import portal
from . import review
