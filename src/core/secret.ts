import { inspect } from 'node:util'

/** The text that replaces a secret in output. */
export const mask = '***'

/** A text in which the secrets of this run are masked: only a SecretRegistry makes one, and files take no other. */
export type RedactedText = string & { readonly isRedacted: true }

/** A token or password that cannot be printed by accident: as text, in JSON and in `inspect` it is `***`. */
export class Secret {
  #value: string
  readonly #readAgain: (() => Promise<Secret>) | undefined

  /** `readAgain` reads it from where it came from: its owner may have replaced it there. */
  constructor(value: string, readAgain?: () => Promise<Secret>) {
    this.#value = value
    this.#readAgain = readAgain
  }

  /** The plain value, for the code that sends it. */
  reveal(): string {
    return this.#value
  }

  /**
   * The plain value after the refusal of `refused`: read again from where it came from. Undefined where that is
   * still the same, or cannot be read.
   */
  async renewed(refused: string): Promise<string | undefined> {
    if (this.#value === refused && this.#readAgain) {
      const now = await this.#readAgain().catch(() => this)
      this.#value = now.#value
    }
    return this.#value === refused ? undefined : this.#value
  }

  toString(): string {
    return mask
  }

  toJSON(): string {
    return mask
  }

  [inspect.custom](): string {
    return mask
  }
}

/** Shorter values occur in ordinary text by chance: masking them would spoil messages (docs/guarantees.md#7.2). */
const shortestMaskable = 6

/** The Base64 digits of a text that do not depend on its neighbours, for all three alignments. */
function base64Forms(value: string): string[] {
  return [0, 1, 2].map((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(value)])
    return bytes.toString('base64').slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6))
  })
}

const hex = (char: string, width: number): string => char.charCodeAt(0).toString(16).padStart(width, '0')

/** A text as JSON writes it: plainly, with `\/`, as Rails does (`<`, `>` and `&` as \uXXXX), and in ASCII only. */
function jsonForms(value: string): string[] {
  const json = JSON.stringify(value).slice(1, -1)
  const inAscii = json.replace(/[^ -~]/g, (char) => `\\u${hex(char, 4)}`)
  const asRails = inAscii.replace(/[<>&]/g, (char) => `\\u${hex(char, 4)}`)
  return [json, json.replaceAll('/', '\\/'), inAscii, asRails]
}

/** A text as XML and HTML write it: `"` and `'` as they are, by name or by number. */
function xmlForms(value: string): string[] {
  const text = value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
  const quoted = text.replaceAll('"', '&quot;')
  return [text, quoted, quoted.replaceAll("'", '&#39;'), quoted.replaceAll("'", '&apos;')]
}

/** A text in a URL or a form: as encodeURIComponent writes it, and with all that other encoders escape. */
function percentForms(value: string): string[] {
  const percent = encodeURIComponent(value)
  const whole = percent.replace(/[!'()*~]/g, (char) => `%${hex(char, 2).toUpperCase()}`)
  const forms = [percent, whole, whole.replaceAll('%20', '+')]
  return [...forms, ...forms.map((form) => form.replace(/%../g, (code) => code.toLowerCase()))]
}

/** The encodings in which a server may echo a secret (docs/guarantees.md#T45, #T46). */
function formsOf(secret: string): string[] {
  // A lone surrogate has no bytes: it was sent, and would be written, as U+FFFD.
  const value = secret.toWellFormed()
  const base64 = base64Forms(value)
  return [
    value,
    ...percentForms(value),
    ...jsonForms(value),
    ...xmlForms(value),
    ...base64,
    ...base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
  ]
}

/** All secrets of a run. Each is registered when it is read, so that the output sink can mask it. */
export class SecretRegistry {
  readonly #forms = new Set<string>()
  /** The secrets whose forms these are: one may be read for each of many targets. */
  readonly #kept = new Set<string>()
  /** The same, longest first; undefined where it has changed. */
  #sorted: readonly string[] | undefined

  /** Registers a secret and wraps it. */
  keep(value: string): Secret {
    if (value.length >= shortestMaskable && !this.#kept.has(value)) {
      this.#kept.add(value)
      for (const form of formsOf(value)) this.#forms.add(form)
      this.#sorted = undefined
    }
    return new Secret(value)
  }

  /** Stops masking a secret, and what was taken for one in it, because the user asked to see it. */
  disclose(value: string): void {
    const parts = [...this.#kept].filter((kept) => value.includes(kept))
    for (const part of [value, ...parts]) {
      this.#kept.delete(part)
      for (const form of formsOf(part)) this.#forms.delete(form)
    }
    this.#sorted = undefined
  }

  /** All texts that `redact` masks, longest first: the same list until a secret is added. */
  forms(): readonly string[] {
    return (this.#sorted ??= [...this.#forms].sort((a, b) => b.length - a.length))
  }

  /** Masks all registered secrets in a text: plain, percent-encoded, Base64, JSON- and XML-escaped. */
  redact(text: string): RedactedText {
    let redacted = text
    for (const form of this.forms()) redacted = redacted.replaceAll(form, mask)
    return redacted as RedactedText
  }

  /**
   * The same data with the secrets masked in every text. For what is encoded or cut before it is written: half a secret, or one in an
   * encoding of our own, would no longer be found.
   */
  redactData<T>(data: T): T
  redactData(data: unknown): unknown {
    if (this.#forms.size === 0) return data
    if (typeof data === 'string') return this.redact(data)
    if (Array.isArray(data)) return data.map((each: unknown) => this.redactData(each))
    if (typeof data !== 'object' || data === null) return data
    return Object.fromEntries(
      Object.entries(data).map(([name, each]) => [name, this.redactData<unknown>(each)]),
    )
  }

  /**
   * A text made of data in which the secrets were masked first. What `format` itself puts around them stays, so that XML stays XML even
   * where a password is a word of it.
   */
  redactInto<T>(data: T, format: (redacted: T) => string): RedactedText {
    return format(this.redactData(data)) as RedactedText
  }
}
