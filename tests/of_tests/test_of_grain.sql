-- grain finds the pair that is repeated, nulls included, and the one that lacks a value, and nothing else.
with fixture (first_part, second_part, required) as (

    values
    ('a', 'x', 1),
    ('a', 'y', null),
    ('b', 'y', 1),
    (null, 'x', 1),
    (null, 'x', 1)

),

found as (

    {{ test_grain('fixture', ['first_part', 'second_part'], ['required']) }}

),

expected as (

    select
        count(*) as found_count,
        count(*) filter (where first_part is null and row_count = 2 and required_nulls = 0) as repeated_count,
        count(*) filter (where first_part = 'a' and second_part = 'y' and required_nulls = 1) as lacking_count
    from found

)

select *
from expected
where found_count <> 2 or repeated_count <> 1 or lacking_count <> 1
