import { mask } from '../../core/secret.ts'

const masked = Buffer.from(mask)
const empty = Buffer.alloc(0)

/** The search table of Wu and Manber's algorithm for many words. */
interface Table {
  /** The texts to mask, longest first. */
  forms: readonly Buffer[]
  shortest: number
  longest: number
  /** For each pair of bytes: how far to skip; 0 if the first `shortest` bytes of a form may end with it. */
  skips: Uint8Array
  /** 1 for every first byte of a form. */
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

/** The first secret from `from` on; undefined if there is none. */
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

/** The position where a secret begins that is cut off at the end; the length of `bytes` if there is none. */
function partialSecret(bytes: Buffer, from: number, { forms, longest, firsts }: Table): number {
  for (let at = Math.max(from, bytes.length - longest + 1); at < bytes.length; at += 1) {
    if (firsts[bytes[at] ?? 0] === 0) continue
    const length = bytes.length - at
    if (forms.some((form) => form.length > length && bytes.compare(form, 0, length, at) === 0)) return at
  }
  return bytes.length
}

/**
 * Masks secrets in a stream of bytes that may be cut anywhere (docs/guarantees.md#7.2). It holds back what may be the
 * beginning of a secret. `forms` are the texts to mask.
 */
export class LogRedactor {
  readonly #formsNow: () => readonly string[]
  #forms: readonly string[] = []
  #table: Table | undefined
  #held: Buffer = empty

  /** A function is asked before each piece: a token may be read again, and be another, while a log is followed. */
  constructor(forms: readonly string[] | (() => readonly string[])) {
    this.#formsNow = typeof forms === 'function' ? forms : () => forms
  }

  /** Masks the next bytes. The result is valid as long as `bytes`. */
  redact(bytes: Buffer): Buffer {
    return this.#process(bytes, false)
  }

  /** Bytes are held back, which may be the beginning of a secret. */
  get isHolding(): boolean {
    return this.#held.length > 0
  }

  /** Returns the bytes held back, at the end. */
  end(): Buffer {
    return this.#process(empty, true)
  }

  #process(added: Buffer, isEnd: boolean): Buffer {
    const forms = this.#formsNow()
    if (forms !== this.#forms) {
      this.#forms = forms
      this.#table = forms.length === 0 ? undefined : tableOf(forms)
    }
    const bytes = this.#held.length === 0 ? added : Buffer.concat([this.#held, added])
    this.#held = empty
    if (!this.#table) return bytes
    const parts: Buffer[] = []
    let from = 0
    let partialAt = isEnd ? bytes.length : partialSecret(bytes, 0, this.#table)
    for (;;) {
      const found = nextSecret(bytes, from, this.#table)
      // It may be the beginning of a longer secret, so wait for more bytes.
      if (!found || found.at >= partialAt) break
      parts.push(bytes.subarray(from, found.at), masked)
      from = found.at + found.length
      if (partialAt < from) partialAt = partialSecret(bytes, from, this.#table)
    }
    this.#held = partialAt === bytes.length ? empty : Buffer.from(bytes.subarray(partialAt))
    const rest = bytes.subarray(from, partialAt)
    return parts.length === 0 ? rest : Buffer.concat([...parts, rest])
  }
}
