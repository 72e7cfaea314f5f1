import type { BuildState } from '../core/build.ts'
import { asTriggerError, type TriggerError } from '../core/errors.ts'
import { apiTokenSources, safeToRepeat } from '../core/hints.ts'
import type { SecretRegistry } from '../core/secret.ts'
import { cancelTable, logsTable, triggerTable, waitTable } from './option-table.ts'
import { PipelineError } from './pipeline-error.ts'

/** Words of the command line, and what a caller of the library has in their place. */
const words: readonly [typed: RegExp, written: string][] = [
  [new RegExp(apiTokenSources, 'g'), 'the option apiToken'],
  [new RegExp(safeToRepeat, 'g'), 'It is safe to call it again.'],
  [/gitlab-trigger (status|wait|cancel|logs) (\d+)/g, '$1({ ..., pipeline: $2 })'],
  [/gitlab-trigger (status|wait|cancel|logs)\b/g, '$1()'],
  [/--proxy none, or NO_PROXY, goes without it/g, 'Without the option proxy it is reached directly'],
  [/, --proxy and NO_PROXY,/g, ' and the option proxy,'],
  [/Put it into a file \(--var-file KEY=PATH\), encoded as/g, 'Encode it as'],
  [/--(api|ref|project) (v[34]|auto|\d+|refs\/[^\s,;]+?)(?=[.,;]?(\s|$))/g, "$1: '$2'"],
  [/stopped by SIGINT/g, 'stopped by its AbortSignal'],
]

/** Flags whose option has another name. */
const renamed: Readonly<Record<string, string>> = {
  ...{ timeout: 'timeoutMs', 'poll-grace': 'pollGraceMs', cacert: 'ca', var: 'variables', input: 'inputs' },
  ...{ 'token-file': 'token', 'api-token-file': 'apiToken' },
}

const options = new Set(
  [triggerTable, waitTable, cancelTable, logsTable].flatMap((each) => Object.keys(each)),
)

/** The option that a flag stands for; the flag itself where there is none, as in words of another program. */
function optionFor(typed: string, flag: string): string {
  const name = renamed[flag] ?? flag.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase())
  return options.has(name) ? `the option ${name}` : typed
}

const inLibraryWords = (text: string): string =>
  words
    .reduce((said, [typed, written]) => said.replaceAll(typed, written), text)
    .replaceAll(/--([a-z]+(?:-[a-z]+)*)\b(?! ?\S*\/)(?: (?:PATH|JOB)\b)?/g, optionFor)

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
