import { inspect } from 'node:util'

/** The text that replaces a secret in output. */
export const mask = '***'

/** A token or password that cannot be printed by accident: as text, in JSON and in `inspect` it is `***`. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The plain value, for the code that sends it. */
  reveal(): string {
    return this.#value
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

/** Shorter values occur in ordinary text by chance: masking them would spoil messages (guarantees 7.2). */
const shortestMaskable = 6

/** The Base64 digits of a text that do not depend on its neighbours, for all three alignments. */
function base64Forms(value: string): string[] {
  return [0, 1, 2].map((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(value)])
    return bytes.toString('base64').slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6))
  })
}

/** The encodings in which a server may echo a secret (T45, T46). */
function formsOf(value: string): string[] {
  const percent = encodeURIComponent(value)
  const json = JSON.stringify(value).slice(1, -1)
  const base64 = base64Forms(value)
  return [
    value,
    percent,
    percent.replace(/%../g, (code) => code.toLowerCase()),
    json,
    json.replaceAll('/', '\\/'),
    ...base64,
    ...base64.map((form) => form.replaceAll('+', '-').replaceAll('/', '_')),
  ]
}

/** All secrets of a run. Each is registered when it is read, so that the output sink can mask it. */
export class SecretRegistry {
  readonly #forms = new Set<string>()

  /** Registers a secret and wraps it. */
  keep(value: string): Secret {
    if (value.length >= shortestMaskable) {
      for (const form of formsOf(value)) this.#forms.add(form)
    }
    return new Secret(value)
  }

  /** Stops masking a secret, because the user asked to see it. */
  disclose(value: string): void {
    for (const form of formsOf(value)) this.#forms.delete(form)
  }

  /** All texts that `redact` masks, longest first. */
  forms(): string[] {
    return [...this.#forms].sort((a, b) => b.length - a.length)
  }

  /** Masks all registered secrets in a text: plain, percent-encoded, JSON-escaped and Base64. */
  redact(text: string): string {
    let redacted = text
    for (const form of this.forms()) redacted = redacted.replaceAll(form, mask)
    return redacted
  }
}
