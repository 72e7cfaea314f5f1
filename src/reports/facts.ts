/** What is told of a pipeline to the jobs and steps after us. Null: not known. */
export interface Seen {
  kind: 'pipeline' | 'trigger_request'
  id: number
  webUrl: string | null
  status: string | null
  iid: number | null
  sha: string | null
}

/** A name, in capitals, and a value that is safe as it is: no blank, no quote, no line end, nothing that a shell or GitLab expands. */
export type Fact = readonly [name: string, value: string]

/**
 * A server's URL where it leads to the server itself and has no character that means something to dotenv, a shell, Markdown or GitLab's
 * variables (which expand `$NAME` in dotenv reports); else null.
 */
export function ownUrl(webUrl: string | null, server: string): string | null {
  if (webUrl === null || webUrl.length > 1000 || !URL.canParse(webUrl)) return null
  const { protocol, origin, href } = new URL(webUrl)
  const isWeb = protocol === 'https:' || protocol === 'http:'
  const isPlain = /^[\w.:/+%,=[\]-]+$/.test(href)
  return isWeb && isPlain && origin === new URL(server).origin ? href : null
}

/** The facts that are known, in a fixed order. What a server sent is left out unless it is exactly what such a thing looks like. */
export function factsOf({ kind, id, webUrl, status, iid, sha }: Seen, server: string): Fact[] {
  const values: [string, string | null][] = [
    // A v3 trigger answers with the number of a trigger request, which is no pipeline's (facts 1.2).
    [kind === 'pipeline' ? 'PIPELINE_ID' : 'TRIGGER_REQUEST_ID', String(id)],
    ['PIPELINE_URL', ownUrl(webUrl, server)],
    ['PIPELINE_STATUS', status !== null && /^[a-z_]{1,40}$/.test(status) ? status : null],
    ['PIPELINE_IID', iid === null ? null : String(iid)],
    ['PIPELINE_SHA', sha !== null && /^[0-9a-f]{40,64}$/.test(sha) ? sha : null],
  ]
  return values.flatMap(([name, value]): Fact[] => (value === null ? [] : [[name, value]]))
}

/** A file for GitLab's `artifacts:reports:dotenv`: no quotes, blanks, empty lines or comments, which its parser does not know. */
export function dotenvText(facts: readonly Fact[]): string {
  return facts.map(([name, value]) => `${name}=${value}\n`).join('')
}

/** Lines for GitHub's $GITHUB_OUTPUT; later ones of a name win. */
export function outputText(facts: readonly Fact[]): string {
  return facts.map(([name, value]) => `${name.toLowerCase()}=${value}\n`).join('')
}
