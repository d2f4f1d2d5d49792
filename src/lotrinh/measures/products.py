r"""Chance that the product of each project is in service; 0 for projects without a product.

```{math}
\pi_{m,t}\,\kappa_p\,[\text{end}_p \le t]
```
"""

import numpy as np

from lotrinh.measures.paths import Paths
from lotrinh.measures.quantities import Floats

TITLE = "Products in service"
UNIT = "share"
AXES = ("project", "state")


def measure(paths: Paths) -> Floats:
    """Return the measure of every scenario, shape (S, projects, T+1)."""
    has_product = np.array([bool(row.product_value) for row in paths.quantities.programme.projects])
    return np.asarray(paths.served * has_product[None, :, None])
