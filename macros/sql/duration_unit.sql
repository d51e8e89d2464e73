{%- macro duration_unit(amount, unit) -%}
    {%- set spellings = {
        'millisecond': ['ms', 'milliseconds'],
        'second': ['s', 'sec', 'secs', 'seconds', 'pts'],
        'minute': ['m', 'min', 'mins', 'minutes', 'ptm'],
        'hour': ['h', 'hr', 'hrs', 'hours', 'pth'],
        'day': ['d', 'days', 'pd'],
        'week': ['w', 'wk', 'wks', 'weeks', 'pw'],
        'month': ['mo', 'mon', 'mons', 'months', 'pm'],
        'year': ['y', 'yr', 'yrs', 'years', 'py'],
    } -%}
    case lower(coalesce(nullif(regexp_replace({{ amount }}, '[^A-Za-z]', '', 'g'), ''), trim({{ unit }})))
        {%- for name, others in spellings.items() %}
            {%- for spelling in [name] + others %}
            when '{{ spelling }}' then '{{ name }}'
            {%- endfor %}
        {%- endfor %}
    end
{%- endmacro %}
