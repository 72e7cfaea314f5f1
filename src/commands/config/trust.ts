import { join } from 'node:path'
import { parseConfig, readConfigBytes } from '../../config/files/config-file.ts'
import { findProjectFile } from '../../config/files/locate-files.ts'
import { fromEnv } from '../../config/setting.ts'
import { absolutePath, placesFor } from '../../config/files/places.ts'
import { recordTrust } from '../../config/files/record-trust.ts'
import type { Context } from '../../core/context.ts'
import { usageError } from '../../core/errors.ts'
import { exitCodes } from '../../core/exit-codes.ts'
import { waitForLock } from '../../state/lock.ts'
import { escapeLine } from '../../output/terminal/escape.ts'

const longest = 200

/** One value on one line, whatever it holds. */
function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return escapeLine(text.length > longest ? `${text.slice(0, longest)}...` : text)
}

/** The content of a config file, a line for each key; of variables and inputs the names, since values may be long or private. */
function outline(data: object, indent = '  '): string[] {
  return Object.entries(data).flatMap(([key, value]: [string, unknown]): string[] => {
    const name = Array.isArray(data) ? `target ${Number(key) + 1}` : key === 'default' ? 'server' : key
    const title = `${indent}${escapeLine(name)}:`
    if (typeof value !== 'object' || value === null) return [`${title} ${shown(value)}`]
    if (key === 'variables' || key === 'inputs') return [`${title} ${shown(Object.keys(value).join(', '))}`]
    return [title, ...outline(value, `${indent}  `)]
  })
}

/** Of several at once, each reads what those before it have recorded. Resolves and throws as `waitForLock`. */
function waitForOthers(state: string, context: Context): ReturnType<typeof waitForLock> {
  const world = { ...context, path: fromEnv(context.env, 'PATH')?.value }
  return waitForLock('config trust', join(state, 'locks'), 'config-trust', world, context.interrupted)
}

/**
 * Trusts the checkout's own config file as it is now, and shows what that is: `config trust [path]`. A later change ends the trust. Throws
 * a configuration error for a file that could send a token elsewhere.
 */
export async function configTrust(path: string | undefined, context: Context): Promise<number> {
  const found = path === undefined ? await findProjectFile(context, () => false) : absolutePath(path, context)
  if (found === undefined) {
    throw usageError(
      'config trust: this checkout has no config file of its own',
      'Its name is .gitlab-triggerrc.yaml. For the key "gitlab-trigger" of its package.json: gitlab-trigger config trust package.json',
    )
  }
  const bytes = await readConfigBytes(found, context)
  const { data } = parseConfig('project', found, bytes)
  const lines = outline(data)
  const content = lines.length === 0 ? ['  (nothing)'] : lines
  const say = (text: string): Promise<void> => context.stderr.write(text).catch(() => undefined)
  await say([`${escapeLine(found)} says:`, ...content, ''].join('\n'))
  const places = placesFor(context)
  const release = places.state === undefined ? undefined : await waitForOthers(places.state, context)
  if (places.state !== undefined && !release)
    await say(
      'warning: the program flock is not installed; a file that another process trusts at the same time may be forgotten.\n',
    )
  try {
    await recordTrust(found, bytes, places, context)
  } finally {
    await release?.()
  }
  await say('It is trusted until it changes.\n')
  return exitCodes.success.code
}
