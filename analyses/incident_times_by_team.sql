-- How long does each team not know of its incidents, and how long do they last? Open ones are counted apart.
select
    teams.team_name,
    count(*) as incident_count,
    count(*) filter (where incidents.is_open) as open_count,
    count(*) filter (where incidents.first_signal = 'monitor') as found_by_monitor_count,
    count(*) filter (where incidents.first_signal = 'human') as found_by_human_count,
    count(incidents.onset_to_detected_seconds) as with_onset_count,
    percentile_cont(0.5) within group (order by incidents.onset_to_detected_seconds)
        as median_onset_to_detected_seconds,
    percentile_cont(0.5) within group (order by incidents.detected_to_resolved_seconds)
        as median_detected_to_resolved_seconds
from {{ ref('fct_incidents') }} as incidents
inner join {{ ref('dim_teams_current') }} as teams on incidents.team_key = teams.team_key
where
    incidents.merged_into_incident_key = {{ unknown_key() }}
    and incidents.detected_on >= cast('{{ var("analysis_since_on") }}' as date)
group by teams.team_name
order by incident_count desc, teams.team_name asc
