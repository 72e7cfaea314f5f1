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

/** How many of the pipelines that have a link come first and fit into one file that GitLab takes. */
function countThatFit(links: readonly string[], overheadBytes: number): number {
  let bytes = overheadBytes
  const isTooMuch = (link: string, at: number): boolean => {
    bytes += Buffer.byteLength(link) + 1
    return bytes > mostBytes || at === mostLinks
  }
  const first = links.findIndex(isTooMuch)
  return first === -1 ? links.length : first
}

/**
 * Formats links for GitLab's `artifacts:reports:annotations`. A pipeline whose URL does not lead to its server has none. GitLab would refuse a file with too
 * many as a whole, so the last ones are left out: `leftOut` says how many of how many.
 */
export function annotationsOf(pipelines: readonly PipelineLink[]): {
  text: string
  leftOut: string | undefined
} {
  const [begin, end] = ['{"Pipelines":[', ']}\n']
  const links = pipelines.flatMap(({ name, status, webUrl, server }) => {
    const url = ownUrl(webUrl, server)
    const label = `${oneLine(name)}: ${oneLine(status ?? 'unknown')}`
    return url === null ? [] : [JSON.stringify({ external_link: { label, url } })]
  })
  const count = countThatFit(links, begin.length + end.length)
  return {
    text: begin + links.slice(0, count).join(',') + end,
    leftOut:
      count === links.length
        ? undefined
        : `${links.length - count} of ${links.length} pipelines are not linked, because GitLab accepts at most ${mostLinks} links and 80 KiB in one file`,
  }
}

/** Writes the links into a file. Resolves to what is not in it, as a sentence without a full stop. Rejects with Node's error. */
export async function writeAnnotations(
  file: TargetFile,
  pipelines: readonly PipelineLink[],
  secrets: SecretRegistry,
): Promise<string | undefined> {
  let leftOut: string | undefined
  const text = secrets.redactInto(pipelines, (redacted) => {
    const annotations = annotationsOf(redacted)
    leftOut = annotations.leftOut
    return annotations.text
  })
  await file.write(text)
  return leftOut
}

/** The links of several pipelines in one file, each as it was last told. */
export interface Annotations {
  /** Replaces the file by one with this pipeline, too. Resolves and rejects as `writeAnnotations`. */
  tell(id: number, link: PipelineLink): Promise<string | undefined>
}

/** Keeps the links in this file. */
export function annotationsIn(file: TargetFile, secrets: SecretRegistry): Annotations {
  const links = new Map<string, PipelineLink>()
  let last: Promise<string | undefined> = Promise.resolve(undefined)
  return {
    tell(id, link) {
      links.set(`${link.server} ${id}`, link)
      // Of two that are written at once, the one with fewer links may come last.
      last = last.catch(() => undefined).then(() => writeAnnotations(file, [...links.values()], secrets))
      return last
    },
  }
}
