/** The CI variable of `--marker` and `--resume`, by which a pipeline is found if the response was lost. */
export const markerKey = 'GITLAB_TRIGGER_ID'
