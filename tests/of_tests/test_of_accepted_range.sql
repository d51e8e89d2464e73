-- accepted_range finds what lies outside either end, and neither the ends nor null.
with fixture (share) as (

    values
    (-0.1),
    (0),
    (1),
    (1.1),
    (null)

),

found as (

    {{ test_accepted_range('fixture', 'share', 0, 1) }}

),

found_below as (

    {{ test_accepted_range('fixture', 'share', min_value=0) }}

),

counted as (

    select
        (select count(*) from found) as both_ends,
        (select count(*) from found_below) as lower_end

)

select * from counted
where both_ends <> 2 or lower_end <> 1
