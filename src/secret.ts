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

/** Remembers each secret of a run from the moment it is read, so that the one sink can mask it in whatever leaves. */
export class SecretRegistry {
  readonly #forms = new Set<string>()

  /** Registers a secret and returns it wrapped. */
  keep(value: string): Secret {
    if (value.length >= shortestMaskable) {
      const base64 = Buffer.from(value).toString('base64')
      const forms = [
        value,
        encodeURIComponent(value),
        JSON.stringify(value).slice(1, -1),
        base64,
        base64.replace(/=+$/, ''),
        Buffer.from(value).toString('base64url'),
      ]
      for (const form of forms) this.#forms.add(form)
    }
    return new Secret(value)
  }

  /** `text` with every registered secret masked: raw, percent-encoded, JSON-escaped and Base64. */
  redact(text: string): string {
    let clean = text
    for (const form of [...this.#forms].sort((a, b) => b.length - a.length)) {
      clean = clean.replaceAll(form, mask)
    }
    return clean
  }
}
