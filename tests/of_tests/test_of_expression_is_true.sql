-- expression_is_true finds the false row and the null row, with and without a column.
with fixture (amount) as (

    values
    (1),
    (-1),
    (cast(null as integer))

),

found as (

    {{ test_expression_is_true('fixture', 'amount > 0') }}
    union all
    {{ test_expression_is_true('fixture', '> 0', 'amount') }}

)

select count(*) as found_count
from found
having count(*) <> 4 or count(amount) <> 2 or max(amount) <> -1
