/** The variable that `--marker` and `--resume` send: jobs see it, and a pipeline whose answer was lost is found again by its value. */
export const markerKey = 'GITLAB_TRIGGER_ID'
