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

function hexEscape(char: string): string {
  return `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`
}

/** Quotes a word for ExecStart=, byte for byte (systemd.service, "Command lines"). */
export function execWord(word: string): string {
  const text = escapeSpecifiers(word).replaceAll('$', '$$$$')
  if (/^[\w@+:,./=$%-]+$/.test(text)) return text
  return `"${text.replace(/[\\"]/g, '\\$&').replace(/[\x00-\x1f\x7f]/g, hexEscape)}"`
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
    `Description=${escapeSpecifiers(`Triggers ${about}`)}`,
    'Wants=network-online.target',
    'After=network-online.target',
    '',
    '[Service]',
    'Type=oneshot',
    `User=${user}`,
    ...secrets.map(({ name, path }) => `LoadCredential=${name}:${escapeSpecifiers(path)}`),
    ...(folder === undefined ? [] : [`WorkingDirectory=${escapeSpecifiers(folder)}`]),
    ...(keepsState ? ['StateDirectory=gitlab-trigger', 'Environment=XDG_STATE_HOME=%S'] : []),
    ...commands.map((words) => `ExecStart=${[...program, ...words].map(execWord).join(' ')}`),
    'NoNewPrivileges=yes',
    'ProtectSystem=strict',
    'ProtectHome=read-only',
    ...writes.map((path) => `ReadWritePaths=${escapeSpecifiers(path)}`),
    '',
  ].join('\n')
}

function timerUnit({ when, zone, about, spreadMs }: Service): string {
  return [
    '[Unit]',
    `Description=${escapeSpecifiers(`When to trigger ${about}`)}`,
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
    `# Test it now (it starts a build): systemctl start ${name}.service; journalctl -e -u ${name}.service\n`,
  ].join('')
}
