import type { SharedReads } from '../config/shared-reads.ts'
import { Secret } from '../core/secret.ts'

/** In place of a token that is not read: only what is wrong with the others is of interest. */
const sample = '0'.repeat(40)

/** The same for a plan that cannot be run: files are read, but no program is run and no user is asked for a token. */
export function unaskedReads(reads: SharedReads): SharedReads {
  return {
    ...reads,
    stdin: () => Promise.resolve(Buffer.from(sample)),
    token: (source) =>
      source?.program !== undefined
        ? Promise.resolve({ value: new Secret(sample), origin: source.origin })
        : reads.token(source),
  }
}
