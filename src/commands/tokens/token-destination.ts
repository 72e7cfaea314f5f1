import { lstat, open, rm, type FileHandle } from 'node:fs/promises'
import type { Config } from '../../config/files/find-config.ts'
import { absolutePath } from '../../config/files/places.ts'
import { projectEntry, serverNamed } from '../../config/layers.ts'
import { tokenKeys } from '../../config/schema/token-keys.ts'
import { urlOf } from '../../config/server/server-choice.ts'
import type { Context } from '../../core/context.ts'
import { codeOf, configError, TriggerError, usageError } from '../../core/errors.ts'
import { inFileTime, writesIn } from '../../core/limits/file-time.ts'
import type { Secret } from '../../core/secret.ts'
import { storeExactly } from '../../core/store.ts'
import { shellQuote } from '../../core/text/shell-quote.ts'
import { describeIoError, unwritableFileFix } from '../../core/text/unwritable-fix.ts'
import type { StoreFlags } from '../../options/tokens.ts'
import { projectOf, type CommandSession } from '../../session/command-session.ts'
import { refuseUnwritable, serverToken } from '../../config/credentials/store-token.ts'

/** A place for a token that does not exist yet: whatever can go wrong with it has been tried before. */
export interface Store {
  /** As `/home/me/.trigger-token`. */
  where: string
  /** Stores the token. Throws Node's errors. */
  keep(token: Secret): Promise<void>
  /** Leaves everything as it was before. Throws Node's errors. */
  undo(): Promise<void>
}

const isEmptyFile = (path: string): Promise<boolean> =>
  lstat(path).then(
    (stats) => stats.isFile() && stats.size === 0,
    () => false,
  )

/**
 * A new file that only its user can read. It is made at once, empty: then its name is ours, never an existing file, link or folder. Throws a
 * configuration error (docs/guarantees.md#T50).
 */
async function fileStore(typed: string, context: Context): Promise<Store> {
  const path = absolutePath(typed, context)
  const inTime = writesIn(context)
  let handle: FileHandle
  try {
    handle = await inFileTime(() => open(path, 'wx', 0o600), context)
  } catch (error) {
    const code = codeOf(error)
    if (code === '') throw error
    if (code !== 'EEXIST')
      throw configError(`--save-to: ${path}: ${describeIoError(error)}`, unwritableFileFix(path, error))
    const left = (await inFileTime(() => isEmptyFile(path), context).catch(() => false))
      ? `It is empty: a run was probably killed before it had a token. If no other run is active: rm ${shellQuote(path)}`
      : 'Name a file that does not exist yet.'
    throw configError(`--save-to: ${path}: it already exists, and is not overwritten`, left)
  }
  return {
    where: path,
    async keep(token) {
      try {
        // The mode of a new file is cut by the umask, which may take even its owner's rights.
        await inTime(() => handle.chmod(0o600))
        await inTime(() => storeExactly(handle, `${token.reveal()}\n`))
        await inTime(() => handle.sync())
      } finally {
        await inTime(() => handle.close())
      }
    },
    async undo() {
      await inTime(() => handle.close()).catch(() => undefined)
      await inTime(() => rm(path, { force: true }))
    },
  }
}

/**
 * The project in whose entry a trigger token is stored; undefined for the server's own token, where that is what there
 * was before there were projects.
 */
function ownerOf(config: Config, name: string, project: string): string | undefined {
  const entry = serverNamed(config, name)
  if (!entry || projectEntry(entry, project)) return project
  const { data } = entry
  const isForProject = data.project === undefined || String(data.project) === project
  const hasToken = tokenKeys.some((key) => data[key] !== undefined)
  return data.projects === undefined && hasToken && isForProject ? undefined : project
}

async function serverStore(
  name: string,
  config: Config,
  base: string,
  project: string,
  context: Context,
): Promise<Store> {
  const flag = '--save-to-server'
  const inTime = writesIn(context)
  const owner = ownerOf(config, name, project)
  const place = serverToken(config, name, 'token', flag, context, owner)
  const own = urlOf(place.entry).value.base
  if (own !== base) {
    throw configError(
      `${flag}: server "${name}" is ${own}, and the token is of ${base}`,
      'A token is bound to its server.',
    )
  }
  await refuseUnwritable(place, flag, context)
  return {
    where: `${place.path} for ${owner === undefined ? '' : `project ${owner} on `}server ${name}`,
    keep: (token) => inTime(() => place.keep(token)),
    undo: () => inTime(() => place.undo()),
  }
}

/** Throws a usage error for a place that cannot be, before anything else is done. */
export function checkStoreFlags({ saveTo, saveToServer }: StoreFlags): void {
  if (saveTo !== undefined && saveToServer !== undefined) {
    throw usageError('--save-to and --save-to-server cannot be used together')
  }
  if (saveTo === '') throw usageError('--save-to: the path is empty')
}

/** Opens the place that the flags name; undefined where they name none. Throws usage and configuration errors. */
export async function openStore(flags: StoreFlags, session: CommandSession): Promise<Store | undefined> {
  const { context, plan, access } = session
  if (flags.saveTo !== undefined) return fileStore(flags.saveTo, context)
  if (flags.saveToServer === undefined) return undefined
  return serverStore(flags.saveToServer, plan.config, access.server.value.base, projectOf(session), context)
}

/** The error for a token that was made and could not be stored or printed. The hint says how to get it all the same. */
export function notKept(name: string, where: string, cause: unknown, hint: string): TriggerError {
  const code = codeOf(cause)
  return new TriggerError({
    exit: 'notWritten',
    message: `${name} was created, but could not be written to ${where}${code && ` (${code})`}`,
    hint,
    cause,
  })
}
