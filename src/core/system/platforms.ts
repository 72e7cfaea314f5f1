import type { Context } from '../context.ts'
import type { SignalName } from '../exit-codes.ts'

/** What differs from one operating system to another. */
export interface PlatformRules {
  /** The program that opens a page, with its first arguments; undefined where only $BROWSER or a display says it. */
  opener: readonly string[] | undefined
  /** What separates the entries of $BROWSER and $XDG_CONFIG_DIRS. */
  listSeparator: ':' | ';'
  /** A path that begins in the home folder, as users write it there. */
  homeMark: RegExp
  /**
   * Whether folders from the root, such as /etc and /run/secrets, belong to the administrator. On Windows they are on the current
   * drive, where any user can create them: nothing there is read.
   */
  hasSystemFolders: boolean
  /** The signals that stop a run, with the one that each counts as. */
  stops: Readonly<Partial<Record<NodeJS.Signals, SignalName>>>
  /** Whether SIGHUP may come to a process that nohup started. */
  hasNohup: boolean
  /** Whether flock(1) can lock a file that this program has opened. */
  hasFlock: boolean
  /** The advice where --lock needs flock(1) and there is none. */
  withoutFlock: string
  /** The program that reads the keyring; undefined where none does. */
  keyring: 'secret-tool' | 'security' | undefined
  /** Whether a program of `tokenCommand` may be a script with the ending .cmd or .bat, which only a shell starts. */
  hasCmdScripts: boolean
  /** The forms of `schedule` that nothing on this system runs, and what does instead. */
  foreignForms: Readonly<Partial<Record<'cron' | 'systemd', string>>>
}

const linux: PlatformRules = {
  opener: undefined,
  listSeparator: ':',
  homeMark: /^~\//,
  hasSystemFolders: true,
  stops: { SIGHUP: 'SIGHUP', SIGINT: 'SIGINT', SIGTERM: 'SIGTERM' },
  hasNohup: true,
  hasFlock: true,
  withoutFlock: 'It is part of util-linux and of busybox; elsewhere leave --lock out.',
  keyring: 'secret-tool',
  hasCmdScripts: false,
  foreignForms: {},
}

/** By Node's name of the system. Those that are not listed are as Linux (docs/platforms.md). */
const platforms: Readonly<Record<string, PlatformRules>> = {
  linux,
  darwin: {
    ...linux,
    opener: ['open'],
    withoutFlock: 'Install it (brew install flock; not tested on macOS), or leave --lock out.',
    keyring: 'security',
    foreignForms: { systemd: 'macOS has no systemd; use schedule cron.' },
  },
  win32: {
    // `start` is part of the shell, to which a URL may be more than a URL.
    opener: ['rundll32', 'url.dll,FileProtocolHandler'],
    listSeparator: ';',
    homeMark: /^~[\\/]/,
    hasSystemFolders: false,
    // Ctrl-Break is another Ctrl-C; SIGHUP comes when the console window is closed. Nothing can send SIGTERM there.
    stops: { ...linux.stops, SIGBREAK: 'SIGINT' },
    hasNohup: false,
    hasFlock: false,
    withoutFlock: 'Leave it out; in Task Scheduler choose "Do not start a new instance".',
    keyring: undefined,
    hasCmdScripts: true,
    foreignForms: {
      cron: 'Windows has no cron; start the program from Task Scheduler.',
      systemd: 'Windows has no systemd; start the program from Task Scheduler.',
    },
  },
}

/** The rules of the operating system that the context names. */
export const rulesOf = ({ platform }: Pick<Context, 'platform'>): PlatformRules =>
  platforms[platform] ?? linux
