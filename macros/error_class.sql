{% macro error_class(message) -%}
    case
        when {{ message }} is null then null
        when lower({{ message }}) like '%heartbeat%' or lower({{ message }}) like '%sigkill%'
            or lower({{ message }}) like '%executor%reported%' or lower({{ message }}) like '%zombie%' then 'killed'
        when lower({{ message }}) like '%timeout%' or lower({{ message }}) like '%timed out%' then 'timeout'
        when lower({{ message }}) like '%out of memory%' or lower({{ message }}) like '%oom%'
            or lower({{ message }}) like '%memoryerror%' then 'out of memory'
        when lower({{ message }}) like '%permission denied%' or lower({{ message }}) like '%access denied%'
            or lower({{ message }}) like '%unauthorized%' or lower({{ message }}) like '%forbidden%'
            or lower({{ message }}) like '%authentication%' then 'access'
        when lower({{ message }}) like '%connection%' or lower({{ message }}) like '%could not resolve%' then 'connection'
        when lower({{ message }}) like '%does not exist%' or lower({{ message }}) like '%not found%'
            or lower({{ message }}) like '%no such%' then 'missing object'
        when lower({{ message }}) like '%contract%' then 'contract'
        when lower({{ message }}) like '%syntax error%' then 'syntax'
        else 'other'
    end
{%- endmacro %}
