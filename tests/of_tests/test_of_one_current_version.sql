-- one_current_version finds what has two current rows and what has none.
with fixture (thing, is_current) as (

    values
    ('two', true),
    ('two', true),
    ('none', false),
    ('one', true),
    ('one', false)

),

found as (

    {{ test_one_current_version('fixture', 'thing') }}

)

select string_agg(thing, ' ' order by thing) as things
from found
having coalesce(string_agg(thing, ' ' order by thing), '') <> 'none two'
