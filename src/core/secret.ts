import { inspect } from 'node:util'

/** What stands wherever a secret would have stood. */
export const mask = '***'

/** A token or password. It cannot be printed by accident: as text, in JSON and in Node's inspect it is `***`. */
export class Secret {
  readonly #value: string

  constructor(value: string) {
    this.#value = value
  }

  /** The secret itself, for the one place that sends it. */
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

/** Shorter texts stand in ordinary words; masking them would spoil every message (guarantees 7.2). */
const shortestMaskable = 6

/** The parts of a text's Base64 form that do not depend on what stands before and behind it, for the three ways it can begin. */
function base64Forms(value: string): string[] {
  return [0, 1, 2].map((before) => {
    const bytes = Buffer.concat([Buffer.alloc(before), Buffer.from(value)])
    return bytes.toString('base64').slice(Math.ceil((before * 8) / 6), Math.floor((bytes.length * 8) / 6))
  })
}

/** The forms in which an echo may hold a secret: as it is, percent-encoded, JSON-escaped, in Base64 (T45, T46). */
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

/** Remembers each secret of a run from the moment it is read, so that the one sink can mask it in whatever leaves. */
export class SecretRegistry {
  readonly #forms = new Set<string>()

  /** Registers a secret and returns it wrapped. */
  keep(value: string): Secret {
    if (value.length >= shortestMaskable) {
      for (const form of formsOf(value)) this.#forms.add(form)
    }
    return new Secret(value)
  }

  /** Lets a secret be printed after all: whoever may see it has asked for it. */
  disclose(value: string): void {
    for (const form of formsOf(value)) this.#forms.delete(form)
  }

  /** Every text that `redact` masks, the longest first. */
  forms(): string[] {
    return [...this.#forms].sort((a, b) => b.length - a.length)
  }

  /** `text` with every registered secret masked: raw, percent-encoded, JSON-escaped and in Base64. */
  redact(text: string): string {
    let clean = text
    for (const form of this.forms()) clean = clean.replaceAll(form, mask)
    return clean
  }
}
