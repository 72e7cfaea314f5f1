import { calendars } from './calendar.ts'
import type { ScheduledJob, SecretFile } from './job.ts'
import type { When } from './when.ts'

/** What a service needs beside its command. */
export interface Service extends ScheduledJob {
  when: When
  /** As Europe/Berlin; undefined for the machine's own. */
  zone: string | undefined
  /** The words that start the program, absolute. */
  program: readonly string[]
  user: string
  /** The working directory; undefined for systemd's own. */
  folder: string | undefined
  secrets: readonly SecretFile[]
  /** Whether it remembers something (locks, journal). */
  keepsState: boolean
  /** Folders that it writes to. */
  writes: readonly string[]
  /** How far apart the starts may be spread, in ms. */
  spreadMs: number
}

/** systemd expands specifiers in every value. */
const specifiers = (text: string): string => text.replaceAll('%', '%%')

function escaped(char: string): string {
  return `\\x${char.charCodeAt(0).toString(16).padStart(2, '0')}`
}

/** A word of ExecStart=, exact to the byte (systemd.service, "Command lines"). */
export function execWord(word: string): string {
  const text = specifiers(word).replaceAll('$', '$$$$')
  if (/^[\w@+:,./=$%-]+$/.test(text)) return text
  return `"${text.replace(/[\\"]/g, '\\$&').replace(/[\x00-\x1f\x7f]/g, escaped)}"`
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
    `Description=${specifiers(`Triggers ${about}`)}`,
    'Wants=network-online.target',
    'After=network-online.target',
    '',
    '[Service]',
    'Type=oneshot',
    `User=${user}`,
    ...secrets.map(({ name, path }) => `LoadCredential=${name}:${specifiers(path)}`),
    ...(folder === undefined ? [] : [`WorkingDirectory=${specifiers(folder)}`]),
    ...(keepsState ? ['StateDirectory=gitlab-trigger', 'Environment=XDG_STATE_HOME=%S'] : []),
    ...commands.map((words) => `ExecStart=${[...program, ...words].map(execWord).join(' ')}`),
    'NoNewPrivileges=yes',
    'ProtectSystem=strict',
    'ProtectHome=read-only',
    ...writes.map((path) => `ReadWritePaths=${specifiers(path)}`),
    '',
  ].join('\n')
}

function timerUnit({ when, zone, about, spreadMs }: Service): string {
  return [
    '[Unit]',
    `Description=${specifiers(`When to trigger ${about}`)}`,
    '',
    '[Timer]',
    ...calendars(when, zone).map((value) => `OnCalendar=${value}`),
    // The same moment every night, and not that of everybody else.
    `RandomizedDelaySec=${Math.round(spreadMs / 1000)}`,
    'FixedRandomDelay=yes',
    'AccuracySec=1s',
    '',
    '[Install]',
    'WantedBy=timers.target',
    '',
  ].join('\n')
}

/** A shell script that puts the units of a service and its timer in place. */
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
