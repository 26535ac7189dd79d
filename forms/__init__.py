"""What people fill in: the definitions lie beside this package, which reads them."""

from __future__ import annotations
