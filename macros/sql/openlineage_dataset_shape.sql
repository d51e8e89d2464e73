{% macro openlineage_dataset_shape() -%}
    {%- set assertions = {'assertions': 'json'} -%}
    {%- set statistics = {'rowCount': 'text', 'size': 'text', 'fileCount': 'text'} -%}
    {%- do return({
        'namespace': 'text', 'name': 'text', 'facets': {
            'schema': {'fields': [{'name': 'text', 'type': 'text'}]}, 'ownership': {'owners': [{'name': 'text'}]},
            'symlinks': {'identifiers': [{'namespace': 'text', 'name': 'text', 'type': 'text'}]},
            'lifecycleStateChange': {'lifecycleStateChange': 'text'}, 'version': {'datasetVersion': 'text'},
            'dataQualityAssertions': assertions, 'greatExpectations_assertions': assertions,
        },
        'inputFacets': {
            'inputStatistics': statistics, 'dataQualityMetrics': {'rowCount': 'text', 'bytes': 'text', 'fileCount': 'text'},
            'dataQualityAssertions': assertions, 'greatExpectations_assertions': assertions,
        },
        'outputFacets': {'outputStatistics': statistics},
    }) -%}
{%- endmacro %}
