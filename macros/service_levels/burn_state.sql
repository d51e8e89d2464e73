{% macro burn_state(pair) -%}
    case
        when target is null then 'no_objective'
        when threshold_{{ pair }} > 1 / (1 - target) then 'threshold_unreachable'
        when measure = 'deliveries' and good_count_7d + bad_count_7d < 10 then 'too_few_events'
        when highest_{{ pair }} is null then 'cannot_tell'
        when highest_{{ pair }} >= threshold_{{ pair }} then 'burning'
        else 'calm'
    end
{%- endmacro %}
