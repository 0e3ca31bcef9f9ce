select
    unit,
    dimension,
    base_unit,
    cast(factor as decimal(24, 6)) as factor
from {{ reference('units.csv') }}
