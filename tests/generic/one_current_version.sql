{% test one_current_version(model, columns, is_current='is_current') %}

select
    {{ columns | join(', ') }},
    count(*) filter (where {{ is_current }}) as current_versions
from {{ model }}
group by {{ columns | join(', ') }}
having count(*) filter (where {{ is_current }}) <> 1

{% endtest %}
