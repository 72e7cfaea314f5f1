import { constants, readlinkSync, type Stats } from 'node:fs'
import { access, realpath } from 'node:fs/promises'
import { basename } from 'node:path'
import { codeOf, configError } from '../../core/errors.ts'
import { shellQuote } from '../../core/text/shell-quote.ts'
import { isInKubernetesVolume, isProvided, type FileUser } from './provided-file.ts'

/** A file that is open. */
export interface OpenFile {
  fd: number
  stats: Stats
  /** As it was named. */
  path: string
  where: string
}

/** The real path of an open file, which no link that is changed in the meantime can alter; without /proc that of its name. */
async function realPathOf({ fd, path }: OpenFile): Promise<string> {
  try {
    // What the kernel knows of an open file does not wait for any file system.
    return readlinkSync(`/proc/self/fd/${fd}`)
  } catch {
    return realpath(path).catch(() => path)
  }
}

/** Whether a file is on a read-only mount: then no user can write to it or change its mode. */
async function isReadOnly({ path }: OpenFile): Promise<boolean> {
  return access(path, constants.W_OK).then(
    () => false,
    (error: unknown) => codeOf(error) === 'EROFS',
  )
}

const modeOf = ({ mode }: Stats): string => (mode & 0o777).toString(8).padStart(4, '0')

const copyIt = ({ path }: OpenFile): string =>
  `Copy it into a file of your own, and name that: install -m 600 ${shellQuote(path)} ~/${shellQuote(basename(path))}`

/** Who may do what with a file that holds a secret, or that controls the program; and what to do if others may. */
const rules = {
  /** libpq's rule: no other user may touch it; if it is root's, its group may read it, as that of mounted secrets of mode 0440. */
  secret: {
    forbidden: (isRoots: boolean) => (isRoots ? 0o037 : 0o077),
    problem: 'holds a secret but others can use it',
    chmod: '600',
    otherwise: copyIt,
  },
  /** Others could redirect tokens. */
  config: {
    forbidden: () => 0o022,
    problem: 'can be written by others',
    chmod: 'go-w',
    otherwise: ({ stats, path }: OpenFile) =>
      `Ask its owner (uid ${stats.uid}) to run: chmod go-w ${shellQuote(path)}`,
  },
} as const

/**
 * Throws a configuration error if users other than root and this one can read a secret, or write to a file that controls the
 * program (docs/guarantees.md#G13). What they can do is decided by the real path, owner and mode; no user can write on a read-only mount. The
 * advice is what this user can do. Windows has neither uid nor modes.
 */
export async function checkAccess(kind: keyof typeof rules, file: OpenFile, user: FileUser): Promise<void> {
  const { stats, path, where } = file
  const { uid } = user
  if (uid === undefined) return
  const real = await realPathOf(file)
  if (isProvided(real, path, user)) return
  const { forbidden, problem, chmod, otherwise } = rules[kind]
  if (stats.uid !== uid && stats.uid !== 0)
    throw configError(
      `${where}: ${path} belongs to another user (uid ${stats.uid})`,
      kind === 'secret' ? copyIt(file) : 'Use a file of your own.',
    )
  const tooMuch = stats.mode & (isInKubernetesVolume(real) ? 0o022 : forbidden(stats.uid === 0))
  if (tooMuch === 0) return
  const isFixed = await isReadOnly(file)
  if (isFixed && (tooMuch & ~0o022) === 0) return
  const isOurs = (stats.uid === uid || uid === 0) && !isFixed
  throw configError(
    `${where}: ${path} ${problem} (mode ${modeOf(stats)})`,
    isOurs ? `Run: chmod ${chmod} ${shellQuote(path)}` : otherwise(file),
  )
}
