{% test one_current_version(model, key, is_current='is_current') %}

select
    {{ key }},
    count(*) filter (where {{ is_current }}) as current_versions
from {{ model }}
group by {{ key }}
having count(*) filter (where {{ is_current }}) <> 1

{% endtest %}
