import type { GitlabVersion } from './version.ts'
import { atLeast } from './version.ts'

interface Difference {
  /** The first version that behaves so. */
  since: GitlabVersion
  /** The last one, where a later version dropped it. */
  until?: GitlabVersion
  says: string
}

/**
 * Everything in which the versions differ, besides the routes (which carry their own first version in
 * `http/routes/`). A row names the release from which on GitLab behaves so, among those that can be played;
 * most changes came at some release between.
 */
// prettier-ignore
const rows = {
  // 8.17
  grapeValidation: { since: '8.17', says: 'parameters are validated by Grape: every problem at once, under "error"' },
  jsonForUnknownPaths: { since: '8.17', says: 'unknown paths and wrong methods answer 404 as JSON' },
  brokenJsonPage: { since: '8.17', until: '10.3', says: 'broken JSON answers a page with status 500' },
  failedPipelinesKept: { since: '8.17', says: 'a broken CI file leaves a failed pipeline behind' },
  allBuildsAtOnce: { since: '8.17', says: 'all builds exist from the start, as "created"; before, those of a stage when it begins' },
  disabledCi: { since: '8.17', says: 'a project whose CI/CD is off creates nothing' },
  buildsTellPipeline: { since: '8.17', says: 'a build tells its pipeline' },
  commitAsRef: { since: '8.5', until: '8.17', says: 'a commit SHA is a valid ref for a trigger' },
  // 10.3
  v4: { since: '10.3', says: 'API v4 is there' },
  dottedPaths: { since: '10.3', says: 'a project path or ref in the URL may contain a dot' },
  slashesMerged: { since: '10.3', says: 'several slashes in a path count as one' },
  emptyVariables: { since: '10.3', says: 'v3 answers {} instead of null when no variables were sent' },
  modelMessages: { since: '10.3', says: 'a pipeline that is not created says why; before, always "No builds created"' },
  hiddenProjects: { since: '10.3', says: "another project's trigger token answers 404; before, 401" },
  variablesFirst: { since: '10.3', says: 'malformed variables are reported before an unknown project or token' },
  protectedRefs: { since: '10.3', says: 'triggers respect protected refs' },
  keysChecked: { since: '10.3', says: 'variable keys are checked, and stripped of blanks' },
  zeroPerPageFails: { since: '10.3', until: '10.3', says: 'per_page=0 answers 500' },
  // 18.9
  v3Gone: { since: '18.9', says: 'API v3 answers 410' },
  rack2: { since: '18.9', says: 'forms are read by Rack 2.2, with its limits' },
  malformedStrings: { since: '18.9', says: 'NUL bytes and invalid UTF-8 answer 400 as plain text' },
  contentTypes: { since: '18.9', says: 'a body of another content type, or of none, answers 415' },
  blankRefRefused: { since: '18.9', says: 'a blank ref is an invalid parameter' },
  declaredParameters: { since: '18.9', says: 'every route validates the parameters it declares, and repeats them in Link' },
  bearerTokens: { since: '18.9', says: 'personal tokens may come as Authorization: Bearer' },
  jobTokens: { since: '18.9', says: 'job tokens trigger pipelines, and read some routes' },
  tokenScopes: { since: '18.9', says: 'personal tokens have scopes; a missing one answers 403 insufficient_scope' },
  prefixes: { since: '18.9', says: 'tokens have prefixes: glptt-, glpat-, glcbt-' },
  redirects: { since: '18.9', says: 'the old path of a moved project redirects reads' },
  anonymousReads: { since: '18.9', says: 'pipelines of public projects can be read without a login' },
  fullUsers: { since: '18.9', says: 'users have locked and public_email' },
  dashInUrls: { since: '18.9', says: 'web addresses have /-/ before pipelines and jobs' },
  fullPipelines: { since: '18.9', says: 'pipelines have iid, project_id, source, times, web_url, detailed_status, archived' },
  fullJobs: { since: '18.9', says: 'jobs have allow_failure, queued_duration, web_url, artifacts, tag_list and more' },
  ciSettings: { since: '18.9', says: 'projects show their CI/CD settings' },
  refSearch: { since: '18.9', says: 'branches and tags can be searched' },
  canceling: { since: '18.9', says: 'a running job that is canceled is "canceling" first' },
  ambiguousRefs: { since: '18.9', says: 'a name that is both branch and tag is ambiguous' },
  fullRefs: { since: '18.9', says: 'refs/heads/NAME and refs/tags/NAME are valid refs; before, "Commit not found"' },
  payload: { since: '18.9', says: 'a triggered pipeline has the variable TRIGGER_PAYLOAD' },
  inputs: { since: '18.9', says: 'pipelines take inputs' },
  variableRoles: { since: '18.9', says: 'a project can limit who sets pipeline variables' },
  pipelineLimits: { since: '18.9', says: 'pipelines per minute can be limited' },
  roleChecks: { since: '10.3', says: "a trigger token acts with its owner's role" },
  failedAtOnce: { since: '18.9', says: 'a pipeline that fails at once answers 422; before, 201' },
  keysInOwnMessage: { since: '18.9', says: 'bad variable keys are reported under "variables.key"' },
  pipelineHooks: { since: '18.9', says: 'pipeline webhooks may not trigger' },
  currentMessages: { since: '18.9', says: 'the present words for protected refs and for pipelines without jobs' },
  zeroPerPageRefused: { since: '18.9', says: 'per_page=0 answers 400' },
  limitedCounts: { since: '18.9', says: 'lists of more than 10,000 rows have no totals' },
  uncountedLists: { since: '18.9', says: 'project jobs and commits have no totals at all' },
  keysetPaging: { since: '18.9', says: 'project jobs, projects, branches and tags can be read by keyset' },
  shortTokens: { since: '18.9', says: "others' trigger tokens are cut to four characters" },
  ownersUpdate: { since: '18.9', says: 'only its owner updates a trigger token' },
  tokenExpiry: { since: '18.9', says: 'trigger tokens can expire: they leave the list, and still trigger' },
  emptyDescription: { since: '18.9', says: 'an update without a description clears it' },
  conditionalDelete: { since: '18.9', says: 'If-Unmodified-Since can prevent a deletion' },
  scheduleRefs: { since: '18.9', says: 'schedules store full refs, and refuse refs that are unknown or ambiguous' },
  octetStream: { since: '18.9', says: 'an artifacts archive is application/octet-stream' },
  metadata: { since: '18.9', says: 'GET /version tells of kas and enterprise too' },
  ciTokenScopeField: { since: '18.9', until: '18.9', says: 'projects have ci_job_token_scope_enabled' },
  // 19
  byteOffset: { since: '19', says: 'logs can be read from an offset (byte_offset, byte_limit)' },
  anonymousOffsetLimit: { since: '19', says: '/projects without a login has no rows beyond offset 50,000' },
} as const satisfies Record<string, Difference>

/** A way in which the versions differ. */
export type Feature = keyof typeof rows

/** Whether a version behaves as a row of the table says. */
export function has(gitlab: GitlabVersion, feature: Feature): boolean {
  const { since, until }: Difference = rows[feature]
  return atLeast(gitlab, since) && (until === undefined || atLeast(until, gitlab))
}

/** What a version does that the one before it does not, a sentence each. */
export function newIn(gitlab: GitlabVersion): string[] {
  const all: Difference[] = Object.values(rows)
  return all.filter(({ since }) => since === gitlab).map(({ says }) => says)
}

/** What the sandbox does not know of a version: there it answers as the version before. */
export const unknownOf: Partial<Record<GitlabVersion, readonly string[]>> = {
  '19': [
    'which 19.x release brought byte_offset',
    'whether job tokens are JSON web tokens (glcbt-eyJ...) by default',
    'all other routes and messages: they are those of 18.9',
  ],
}
