{% test non_overlapping_validity(model, key, valid_from='valid_from', valid_to='valid_to', gaps_allowed=true) %}

with versions as (

    select
        {{ key }},
        {{ valid_from }} as valid_from,
        {{ valid_to }} as valid_to,
        lead({{ valid_from }}) over (
            partition by {{ key }}
            order by {{ valid_from }}, {{ valid_to }}
        ) as next_valid_from
    from {{ model }}

)

select *
from versions
where
    valid_from is null
    or valid_to is null
    or valid_from >= valid_to
    or valid_to > next_valid_from
    {%- if not gaps_allowed %}
    or valid_to < next_valid_from
    {%- endif %}

{% endtest %}
