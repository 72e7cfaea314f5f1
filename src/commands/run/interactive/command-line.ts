import { flagName, kebabCase } from '../../../core/flag-name.ts'
import { shellQuote } from '../../../core/text/shell-quote.ts'

/** What stands for values that are secret, or hold a secret. */
const placeholders: Readonly<Record<string, readonly [flag: string, value: string]>> = {
  token: ['--token-file', 'PATH'],
  heartbeat: ['--heartbeat', 'URL'],
  heartbeatFailure: ['--heartbeat-failure', 'URL'],
}

const isSecret = (name: string, value: string): boolean =>
  name in placeholders || (name === 'proxy' && value.includes('@'))

/** One flag with its value, as words; a value that looks like a flag is joined to it. */
function wordsOf(name: string, value: unknown): readonly string[] {
  if (value === true) return [flagName(name)]
  if (value === false) return [`--no-${kebabCase(name)}`]
  const text = String(value)
  if (isSecret(name, text)) return placeholders[name] ?? [flagName(name), 'URL']
  return text.startsWith('-') ? [`${flagName(name)}=${text}`] : [flagName(name), text]
}

/** The command line of `run` with these flags, of which each may have several values, for a POSIX shell. Secrets are left out: PATH and URL stand for them. */
export function commandLine(flags: Readonly<Record<string, unknown>>, recipes: readonly string[]): string {
  const words = Object.entries(flags)
    .filter(([name]) => name !== 'interactive')
    .flatMap(([name, value]) => [value].flat().flatMap((each) => wordsOf(name, each)))
  const all = ['gitlab-trigger', 'run', ...recipes, ...words]
  return all.map(shellQuote).join(' ')
}
