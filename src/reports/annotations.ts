import { oneLine } from './one-line.ts'
import { ownUrl } from './facts.ts'
import type { SecretRegistry } from '../core/secret.ts'
import type { TargetFile } from './target-file.ts'

/** A pipeline that the page of a job is to link. */
export interface PipelineLink {
  /** Whose pipeline it is: a target, or `PROJECT on REF`. */
  name: string
  status: string | null
  webUrl: string | null
  /** The server's base URL. */
  server: string
}

/** GitLab refuses a list of more links, and a file of more bytes (docs/gitlab.md#4.7). */
const mostLinks = 1000
const mostBytes = 80 * 1024

/**
 * Formats links for GitLab's `artifacts:reports:annotations`. A pipeline whose URL does not lead to its server has none. Those that are too many for GitLab,
 * which would refuse the file as a whole, are left out.
 */
export function annotationsText(pipelines: readonly PipelineLink[]): string {
  const [begin, end] = ['{"Pipelines":[', ']}\n']
  const links: string[] = []
  let bytes = begin.length + end.length
  for (const { name, status, webUrl, server } of pipelines) {
    const url = ownUrl(webUrl, server)
    if (url === null) continue
    const label = `${oneLine(name)}: ${oneLine(status ?? 'unknown')}`
    const link = JSON.stringify({ external_link: { label, url } })
    bytes += Buffer.byteLength(link) + 1
    if (bytes > mostBytes || links.length === mostLinks) break
    links.push(link)
  }
  return begin + links.join(',') + end
}

/** The links of several pipelines in one file, each as it was last told. */
export interface Annotations {
  /** Replaces the file by one with this pipeline, too. Rejects with Node's error. */
  tell(id: number, link: PipelineLink): Promise<void>
}

/** Keeps the links in this file. */
export function annotationsIn(file: TargetFile, secrets: SecretRegistry): Annotations {
  const links = new Map<string, PipelineLink>()
  let last = Promise.resolve()
  return {
    tell(id, link) {
      links.set(`${link.server} ${id}`, link)
      // Of two that are written at once, the one with fewer links may come last.
      last = last
        .catch(() => undefined)
        .then(() => file.write(secrets.redactInto([...links.values()], annotationsText)))
      return last
    },
  }
}
