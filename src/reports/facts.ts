/** What is written about a pipeline for the jobs and steps that come after this one. Null: not known. */
export interface ReportedPipeline {
  kind: 'pipeline' | 'trigger_request'
  id: number
  webUrl: string | null
  status: string | null
  iid: number | null
  sha: string | null
}

/**
 * A name, in capitals, and a value that needs no escaping: no blank, no quote, no line end, nothing that a
 * shell or GitLab expands.
 */
export type Fact = readonly [name: string, value: string]

/**
 * Returns a URL that the server sent, if it leads to that server and has no character with a meaning in
 * dotenv, a shell, Markdown or GitLab's variables (which expand `$NAME` in dotenv reports); else null.
 */
export function ownUrl(webUrl: string | null, server: string): string | null {
  if (webUrl === null || webUrl.length > 1000 || !URL.canParse(webUrl)) return null
  const { protocol, origin, href } = new URL(webUrl)
  const isWeb = protocol === 'https:' || protocol === 'http:'
  const isPlain = /^[\w.:/+%,=[\]-]+$/.test(href)
  return isWeb && isPlain && origin === new URL(server).origin ? href : null
}

/**
 * The facts that are known, in a fixed order. A value of the server is left out unless it has exactly the
 * form that such a value has.
 */
export function factsOf({ kind, id, webUrl, status, iid, sha }: ReportedPipeline, server: string): Fact[] {
  const values: [string, string | null][] = [
    // The id in the answer to a trigger of API v3 is that of a trigger request, not of a pipeline
    // (docs/gitlab.md#1.2).
    [kind === 'pipeline' ? 'PIPELINE_ID' : 'TRIGGER_REQUEST_ID', String(id)],
    ['PIPELINE_URL', ownUrl(webUrl, server)],
    ['PIPELINE_STATUS', status !== null && /^[a-z_]{1,40}$/.test(status) ? status : null],
    ['PIPELINE_IID', iid === null ? null : String(iid)],
    ['PIPELINE_SHA', sha !== null && /^[0-9a-f]{40,64}$/.test(sha) ? sha : null],
  ]
  return values.flatMap(([name, value]): Fact[] => (value === null ? [] : [[name, value]]))
}

/**
 * Formats facts for GitLab's `artifacts:reports:dotenv`, whose parser knows no quotes, blanks, empty lines or
 * comments.
 */
export function dotenvText(facts: readonly Fact[]): string {
  return facts.map(([name, value]) => `${name}=${value}\n`).join('')
}

/** Formats facts for GitHub's $GITHUB_OUTPUT, where the last line of a name wins. */
export function outputText(facts: readonly Fact[]): string {
  return facts.map(([name, value]) => `${name.toLowerCase()}=${value}\n`).join('')
}
