import { Problem } from './problem.ts'

/** The two generations of the form parser: 1.6 in GitLab 8.5 to 10.3, 2.2 in 18.9. */
export type RackVersion = '1.6' | '2.2'

/** What the header of one part says. `name` is undefined where Rack 1.6 finds none and fails. */
export interface PartHead {
  name: string | undefined
  filename: string | undefined
  charset: string | undefined
}

const token = '[^\\s()<>,;:\\\\"/\\[\\]?=]+'
const value = `"(?:\\\\"|[^"])*"|${token}`
const dispositionOld = /Content-Disposition:[^\n]*\s+name="?([^";]*)"?/i
const dispositionNow = new RegExp(`Content-Disposition:[^\\n]*;\\s*name=(${value})`, 'i')
const knownCharset =
  /^(utf-?8|us-ascii|ascii|binary|ascii-8bit|iso-8859-\d+|windows-125\d|utf-16(le|be)?|shift_jis|euc-jp)$/i

/** Rack 2.2 takes the quotes off with WEBrick's rule: not across a line end, and every backslash goes. */
function dequote(text: string): string {
  const inner = /^"([^\n]*)"$/.exec(text)?.[1] ?? text
  return inner.replace(/\\([^\n])/g, '$1')
}

function filenameOf(head: string): string | undefined {
  for (const [, key, quoted] of head.matchAll(new RegExp(`;\\s*(${token})=(${value})`, 'g'))) {
    if (key?.toLowerCase() === 'filename' || key?.toLowerCase() === 'filename*') return dequote(quoted ?? '')
  }
  return undefined
}

/**
 * The charset of a text/plain part; other types stay what they are. An unknown one is an error in every
 * version.
 */
function charsetOf(contentType: string | undefined): string | undefined {
  const [type, ...rest] = (contentType ?? '').split(';')
  if (type?.trim() !== 'text/plain') return undefined
  const charset = rest
    .map((item) => item.split('='))
    .find(([key]) => key?.trim() === 'charset')?.[1]
    ?.trim()
    .replace(/^"(.*)"$/, '$1')
  if (charset !== undefined && !knownCharset.test(charset)) throw new Problem('charset')
  return charset
}

/**
 * Reads the header lines of a part, each with its line end. A name ends at the first quote or semicolon in
 * Rack 1.6 and keeps its backslashes; 2.2 undoes them, and calls a part without a name after its type
 * (observed: "key with …").
 */
export function partHead(head: string, rack: RackVersion): PartHead {
  const contentType = /Content-Type: ([^\n]*)\r\n/i.exec(head)?.[1]
  const contentId = /Content-ID:\s*([^\r\n]+)/i.exec(head)?.[1]
  const filename = filenameOf(head)
  const charset = filename === undefined ? charsetOf(contentType) : undefined
  if (rack === '1.6') return { name: dispositionOld.exec(head)?.[1] ?? contentId, filename, charset }
  const quoted = dispositionNow.exec(head)?.[1]
  const name = (quoted === undefined ? contentId : dequote(quoted)) ?? ''
  return { name: name === '' ? (filename ?? `${contentType ?? 'text/plain'}[]`) : name, filename, charset }
}
