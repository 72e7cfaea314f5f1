import type { BuildState } from '../core/build.ts'
import { asTriggerError, type TriggerError } from '../core/errors.ts'
import { apiTokenSources, safeToRepeat } from '../core/hints.ts'
import type { SecretRegistry } from '../core/secret.ts'
import { PipelineError } from './pipeline-error.ts'

/** Words of the command line, and what a caller of the library has in their place. */
const words: readonly [typed: RegExp, written: string][] = [
  [new RegExp(apiTokenSources, 'g'), 'the option apiToken'],
  [new RegExp(safeToRepeat, 'g'), 'It is safe to call it again.'],
  [/gitlab-trigger (status|wait|cancel|logs) (\d+)/g, '$1({ ..., pipeline: $2 })'],
  [/gitlab-trigger (status|wait|cancel|logs)\b/g, '$1()'],
  [/--(job|play|retry|timeout|project|server)\b(?! ?\S*\/)/g, 'the option $1'],
  [/the option timeout\b/g, 'the option timeoutMs'],
  [/stopped by SIGINT/g, 'stopped by its AbortSignal'],
]

const inLibraryWords = (text: string): string =>
  words.reduce((said, [typed, written]) => said.replaceAll(typed, written), text)

/**
 * The error that a caller gets for anything thrown: without the tokens of the call, which a server may repeat, and without its cause, which holds the
 * answer as it was sent. `build` says whether a pipeline was created where the error itself does not.
 */
export function publicError(
  error: unknown,
  secrets: SecretRegistry,
  build: BuildState = { kind: 'none' },
): TriggerError {
  const known = asTriggerError(error, build)
  const clean = known.with({
    message: secrets.redact(inLibraryWords(known.message)),
    hint: secrets.redact(inLibraryWords(known.hint)),
    build: secrets.redactData(known.build),
    cause: undefined,
  })
  return known instanceof PipelineError ? new PipelineError(clean, secrets.redactData(known.pipeline)) : clean
}
