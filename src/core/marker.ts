/** The CI variable of `--marker` and `--resume`, by which a pipeline is found if the response was lost. */
export const markerKey = 'GITLAB_TRIGGER_ID'

/**
 * The form field that carries the nonce of a trigger. It is no CI variable; GitLab keeps it in the variable
 * TRIGGER_PAYLOAD of the pipeline (docs/gitlab.md#7).
 */
export const nonceField = 'gitlab_trigger_id'

/** Whether a variable is the marker of `--marker` or `--resume`, and not one that the user has set. */
export const isMarker = ({ origin }: { origin: string }): boolean =>
  origin === '--marker' || origin === '--resume'
