-- not_null_columns finds the two rows of which one column, or the other, is null, and nothing else.
with fixture (first_part, second_part) as (

    values
    ('a', 'x'),
    ('b', null),
    (null, 'y')

),

found as (

    {{ test_not_null_columns('fixture', ['first_part', 'second_part']) }}

)

select count(*) as found_count
from found
having count(*) <> 2 or count(first_part) <> 1 or count(second_part) <> 1
