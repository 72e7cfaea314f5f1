import { parseDuration } from '../../config/duration.ts'
import { usageError } from '../../core/errors.ts'
import { exitCodes } from '../../core/exit-codes.ts'
import { keyText } from '../../config/edit/key-path.ts'
import { parseProject, projectUrl } from '../../config/project/project.ts'
import { parseServerUrl } from '../../config/server/server-url.ts'

type Check = (text: string, where: string) => unknown

const project: Check = (text, where) => projectUrl(text, where) ?? parseProject(text, where)
const duration: Check = (text, where) => parseDuration(text, where)

/** What a run would say of a value, by the key that it is set for. */
const checks: Readonly<Record<string, Check>> = {
  url: parseServerUrl,
  project,
  timeout: duration,
  queueTimeout: duration,
  runTimeout: duration,
  reportTimeout: duration,
}

/**
 * Throws a usage error for a value of the right type that every run would refuse: the schema knows no address, project or duration. Of a list or
 * mapping nothing is checked.
 */
export function refuseUselessValue(path: readonly string[], value: unknown, command: string): void {
  const key = path.at(-1) ?? ''
  if (path.at(-2) === 'exitCodes' && !Object.values(exitCodes).some(({ code }) => String(code) === key))
    throw usageError(
      `${command}: ${keyText(path)}: no run ends with ${key}`,
      'gitlab-trigger help exit-codes lists the exit codes.',
    )
  const check = Object.hasOwn(checks, key) ? checks[key] : undefined
  if (typeof value === 'string' || typeof value === 'number')
    check?.(String(value), `${command}: ${keyText(path)}`)
}
