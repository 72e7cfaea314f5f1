/** What to do after a failure that provably started no pipeline and may not happen again. */
export const safeToRepeat = 'It is safe to run the same command again.'

/** What to do after a failure of something else than the pipeline, which exists. */
export const doNotTriggerAgain = 'The pipeline exists; do not start another one.'

/** How to give an API token: the end of a sentence that begins with "set". */
export const apiTokenSources = 'GITLAB_TRIGGER_API_TOKEN, or use --api-token-file'
