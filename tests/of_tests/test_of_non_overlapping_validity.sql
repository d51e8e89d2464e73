-- non_overlapping_validity finds an overlap, an empty range and an open end; a gap only where gaps are not allowed.
with fixture (thing, valid_from, valid_to) as (

    values
    ('overlap', cast('2026-01-01' as date), cast('2026-01-03' as date)),
    ('overlap', cast('2026-01-02' as date), cast('2026-01-04' as date)),
    ('empty', cast('2026-01-01' as date), cast('2026-01-01' as date)),
    ('open', cast('2026-01-01' as date), cast(null as date)),
    ('gap', cast('2026-01-01' as date), cast('2026-01-02' as date)),
    ('gap', cast('2026-01-03' as date), cast('2026-01-04' as date)),
    ('well', cast('2026-01-01' as date), cast('2026-01-02' as date)),
    ('well', cast('2026-01-02' as date), cast('2026-01-03' as date))

),

found as (

    {{ test_non_overlapping_validity('fixture', 'thing') }}

),

found_without_gaps as (

    {{ test_non_overlapping_validity('fixture', 'thing', gaps_allowed=false) }}

),

counted as (

    select
        (select string_agg(thing, ' ' order by thing) from found) as things,
        (select string_agg(thing, ' ' order by thing) from found_without_gaps) as things_without_gaps

)

select * from counted
where things <> 'empty open overlap' or things_without_gaps <> 'empty gap open overlap'
