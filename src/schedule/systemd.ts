import { usageError } from '../core/errors.ts'
import { escapeChar } from '../core/text/escape-char.ts'
import { hexOf, invisible } from '../core/text/invisible.ts'
import { onCalendarValues } from './calendar.ts'
import type { ScheduledJob, SecretFile } from './job.ts'
import type { When } from './when.ts'

/** A systemd service and its timer. */
export interface Service extends ScheduledJob {
  when: When
  /** A time zone such as Europe/Berlin; undefined for that of the machine. */
  zone: string | undefined
  /** The command that starts the program, with absolute paths. */
  program: readonly string[]
  user: string
  /** The working directory; undefined for systemd's default. */
  folder: string | undefined
  secrets: readonly SecretFile[]
  /** Whether it needs a state folder (locks, journal). */
  keepsState: boolean
  /** The folders to which it writes. */
  writes: readonly string[]
  /** The largest random delay of the start, in ms. */
  spreadMs: number
}

/** Escapes `%`, because systemd expands specifiers in every value. */
const escapeSpecifiers = (text: string): string => text.replaceAll('%', '%%')

/** systemd takes no noncharacter as a code point, and ignores a line that holds one. */
const noncharacter = /[\ufdd0-\ufdef]|[\ufffe\uffff]|[\ud83f-\udbff][\udffe\udfff]/

/** A character as an escape of C (systemd.syntax, "Quoting"). */
function escapeOf(char: string): string {
  if (char < '\x80') return `\\x${hexOf(char, 2)}`
  if (noncharacter.test(char)) return [...Buffer.from(char)].map((byte) => `\\x${byte.toString(16)}`).join('')
  return char.length === 1 ? `\\u${hexOf(char, 4)}` : `\\U${hexOf(char, 8)}`
}

function inDoubleQuotes(text: string): string {
  return `"${text.replace(/[\\"]/g, '\\$&').replace(invisible, escapeOf)}"`
}

/** Quotes a word for ExecStart=, byte for byte (systemd.service, "Command lines"). */
export function execWord(word: string): string {
  const text = escapeSpecifiers(word).replaceAll('$', '$$$$')
  return /^[\w@+:,./=$%-]+$/.test(text) ? text : inDoubleQuotes(text)
}

/** A setting with one path, which systemd takes as it stands: nothing can be escaped. Throws a usage error. */
function pathSetting(name: string, path: string, before = ''): string {
  if (path.search(invisible) >= 0 || /\\$|^\s|\s$/.test(path))
    throw usageError(
      `systemd: ${name}= cannot hold the path ${path.replace(invisible, visible)}`,
      'Use a path without invisible characters that does not end in a blank or a backslash.',
    )
  return `${name}=${before}${escapeSpecifiers(path)}`
}

/** A setting with a list of paths: quotes hold one together. */
function pathListSetting(name: string, path: string): string {
  const setting = pathSetting(name, path)
  return /[\s\\"']/.test(path) ? `${name}=${inDoubleQuotes(escapeSpecifiers(path))}` : setting
}

const visible = (char: string): string => escapeChar(char.codePointAt(0) ?? 0)

/** A text for Description=, which is only shown: invisible characters are made visible; a final backslash would join lines. */
function description(text: string): string {
  return `Description=${escapeSpecifiers(text.replace(invisible, visible).replace(/\\+$/, ''))}`
}

function serviceUnit({
  program,
  commands,
  user,
  folder,
  secrets,
  keepsState,
  writes,
  about,
}: Service): string {
  return [
    '[Unit]',
    description(`Triggers ${about}`),
    'Wants=network-online.target',
    'After=network-online.target',
    '',
    '[Service]',
    'Type=oneshot',
    `User=${user}`,
    ...secrets.map(({ name, path }) => pathSetting('LoadCredential', path, `${name}:`)),
    ...(folder === undefined ? [] : [pathSetting('WorkingDirectory', folder)]),
    ...(keepsState ? ['StateDirectory=gitlab-trigger', 'Environment=XDG_STATE_HOME=%S'] : []),
    ...commands.map((words) => `ExecStart=${[...program, ...words].map(execWord).join(' ')}`),
    'NoNewPrivileges=yes',
    'ProtectSystem=strict',
    'ProtectHome=read-only',
    ...writes.map((path) => pathListSetting('ReadWritePaths', path)),
    '',
  ].join('\n')
}

function timerUnit({ when, zone, about, spreadMs }: Service): string {
  return [
    '[Unit]',
    description(`When to trigger ${about}`),
    '',
    '[Timer]',
    ...onCalendarValues(when, zone).map((value) => `OnCalendar=${value}`),
    // The same delay every night, but a different one on each machine.
    `RandomizedDelaySec=${Math.round(spreadMs / 1000)}`,
    'FixedRandomDelay=yes',
    'AccuracySec=1s',
    '',
    '[Install]',
    'WantedBy=timers.target',
    '',
  ].join('\n')
}

/** A shell script that installs a service and its timer. */
export function systemdScript(service: Service): string {
  const { name } = service
  const path = `/etc/systemd/system/${name}`
  const file = (ending: string, text: string): string => `cat > ${path}.${ending} <<'END'\n${text}END\n`
  return [
    file('service', serviceUnit(service)),
    file('timer', timerUnit(service)),
    `systemctl daemon-reload && systemctl enable --now ${name}.timer\n`,
    `# Test it now (it starts a pipeline): systemctl start ${name}.service; journalctl -e -u ${name}.service\n`,
  ].join('')
}
