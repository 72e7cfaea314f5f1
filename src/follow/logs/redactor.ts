import { mask } from '../../core/secret.ts'

const masked = Buffer.from(mask)
const empty = Buffer.alloc(0)

/** What the forms of secrets look like, for a search that skips whatever cannot be part of one. */
interface Table {
  /** The longest first. */
  forms: readonly Buffer[]
  shortest: number
  longest: number
  /** By two bytes: how far the search may skip when it meets them; 0 where one of the forms may end its first `shortest` bytes with them. */
  skips: Uint8Array
  /** 1 for every byte that a form begins with. */
  firsts: Uint8Array
}

function tableOf(texts: readonly string[]): Table {
  const forms = texts.map((text) => Buffer.from(text)).sort((a, b) => b.length - a.length)
  const shortest = Math.min(...forms.map(({ length }) => length))
  const skips = new Uint8Array(0x10000).fill(Math.min(shortest - 1, 0xff))
  const firsts = new Uint8Array(0x100)
  for (const form of forms) {
    firsts[form[0] ?? 0] = 1
    for (let at = 0; at < shortest - 1; at += 1) {
      const pair = form.readUInt16BE(at)
      skips[pair] = Math.min(skips[pair] ?? 0, shortest - 2 - at)
    }
  }
  return { forms, shortest, longest: forms[0]?.length ?? 0, skips, firsts }
}

function isAt(bytes: Buffer, at: number, form: Buffer): boolean {
  if (at + form.length > bytes.length) return false
  for (let index = 0; index < form.length; index += 1) if (bytes[at + index] !== form[index]) return false
  return true
}

/** Where the first secret from `at` on stands, and its length; undefined where there is none (Wu and Manber's search for many words). */
function nextSecret(bytes: Buffer, from: number, table: Table): { at: number; length: number } | undefined {
  const { forms, shortest, skips, firsts } = table
  const last = bytes.length - 1
  for (let pair = from + shortest - 2; pair < last;) {
    const skip = skips[((bytes[pair] ?? 0) << 8) | (bytes[pair + 1] ?? 0)] ?? 0
    if (skip > 0) {
      pair += skip
      continue
    }
    const at = pair - shortest + 2
    const form = firsts[bytes[at] ?? 0] === 1 ? forms.find((each) => isAt(bytes, at, each)) : undefined
    if (form) return { at, length: form.length }
    pair += 1
  }
  return undefined
}

/** Where the first secret from `from` on begins of which the rest may come yet; the length of the bytes where there is none. */
function begunSecret(bytes: Buffer, from: number, { forms, longest, firsts }: Table): number {
  for (let at = Math.max(from, bytes.length - longest + 1); at < bytes.length; at += 1) {
    if (firsts[bytes[at] ?? 0] === 0) continue
    const length = bytes.length - at
    if (forms.some((form) => form.length > length && bytes.compare(form, 0, length, at) === 0)) return at
  }
  return bytes.length
}

/**
 * Masks the secrets of a run in bytes as they come, in whatever pieces (guarantees 7.2): what may be the beginning of one is held back. Bytes
 * without secrets are passed on as they are. `forms` are the texts that must not leave.
 */
export class LogRedactor {
  readonly #table: Table | undefined
  #held: Buffer = empty

  constructor(forms: readonly string[]) {
    this.#table = forms.length === 0 ? undefined : tableOf(forms)
  }

  /** The next bytes, masked; good as long as `bytes` are. */
  redact(bytes: Buffer): Buffer {
    return this.#work(bytes, false)
  }

  /** What was held back, at the end. */
  end(): Buffer {
    return this.#work(empty, true)
  }

  #work(added: Buffer, isEnd: boolean): Buffer {
    if (!this.#table) return added
    const bytes = this.#held.length === 0 ? added : Buffer.concat([this.#held, added])
    const parts: Buffer[] = []
    let from = 0
    let begun = isEnd ? bytes.length : begunSecret(bytes, 0, this.#table)
    for (;;) {
      const found = nextSecret(bytes, from, this.#table)
      // One that begins like a longer one waits for the rest.
      if (!found || found.at >= begun) break
      parts.push(bytes.subarray(from, found.at), masked)
      from = found.at + found.length
      if (begun < from) begun = begunSecret(bytes, from, this.#table)
    }
    this.#held = begun === bytes.length ? empty : Buffer.from(bytes.subarray(begun))
    const rest = bytes.subarray(from, begun)
    return parts.length === 0 ? rest : Buffer.concat([...parts, rest])
  }
}
