-- unique_combination finds the one pair that is repeated, nulls included, and nothing else.
with fixture (first_part, second_part) as (

    values
    ('a', 'x'),
    ('a', 'y'),
    (null, 'x'),
    (null, 'x')

),

found as (

    {{ test_unique_combination('fixture', ['first_part', 'second_part']) }}

)

select count(*) as found_count
from found
having count(*) <> 1 or count(first_part) <> 0
