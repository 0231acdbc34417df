-- What the process of one of our own sessions waits for; a changed second column means that it has done something since.
select
    coalesce(wait_event, '') as wait_event,
    concat_ws(' ', state, wait_event, state_change) as evidence
from pg_catalog.pg_stat_activity
where pid = ? and application_name = ?
