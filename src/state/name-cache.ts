import { createHash } from 'node:crypto'
import { open, readdir, readFile, unlink } from 'node:fs/promises'
import { join } from 'node:path'
import { jsonLine } from '../core/text/json-line.ts'
import { makeFolder } from '../core/make-folder.ts'
import { inFileTime, inWriteTime } from '../core/limits/file-time.ts'
import { storeText } from '../core/store.ts'
import type { StateWorld } from './state-world.ts'

/** How long names are good for, in ms: long enough for a user who presses Tab several times. */
const goodForMs = 60_000
const mostFiles = 50

const isNames = (names: unknown): names is string[] =>
  Array.isArray(names) && names.every((name) => typeof name === 'string')

/**
 * Names that a server gave lately under a key, which may hold a token: only its hash is kept. Else those that `ask` gets, which are kept then, where
 * that works. Rejects as `ask` does.
 */
export async function cachedNames(
  folder: string,
  key: readonly string[],
  now: number,
  world: StateWorld,
  ask: () => Promise<string[]>,
): Promise<string[]> {
  const hash = createHash('sha256').update(JSON.stringify(key)).digest('hex').slice(0, 32)
  const path = join(folder, `${hash}.json`)
  const known: unknown = await inFileTime(() => readFile(path, 'utf8'), world)
    .then(JSON.parse)
    .catch(() => undefined)
  const { at, names } = (known ?? {}) as { at?: unknown; names?: unknown }
  if (typeof at === 'number' && at <= now && now - at < goodForMs && isNames(names)) return names
  const asked = await ask()
  const line = jsonLine({ at: now, names: asked }, world.secrets)
  await inWriteTime(() => keep(folder, path, line), world).catch(() => undefined)
  return asked
}

async function keep(folder: string, path: string, line: Parameters<typeof storeText>[1]): Promise<void> {
  await makeFolder(folder)
  const files = await readdir(folder)
  if (files.length > mostFiles) await Promise.all(files.map((name) => unlink(join(folder, name))))
  const handle = await open(path, 'w', 0o600)
  try {
    await storeText(handle, line)
  } finally {
    await handle.close()
  }
}
