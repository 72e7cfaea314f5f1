import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Context } from '../../src/core/context.ts'
import { Interrupted } from '../../src/core/errors.ts'
import type { SignalName } from '../../src/core/exit-codes.ts'
import { SecretRegistry } from '../../src/core/secret.ts'

/** How a test's world differs from the plain one: no terminal, no environment, nothing on stdin. */
export interface WorldOptions {
  env?: Record<string, string>
  stdin?: string | Buffer
  /** Which streams are terminals. */
  tty?: ('stdin' | 'stdout' | 'stderr')[]
  cwd?: string
  /** The number of our process, and those of others that are still there. */
  pid?: number
  running?: number[]
  /** Where a container's secrets are. */
  secretsFolder?: string
  /** A file system may not answer; by default none is there. */
  canFilesHang?: boolean
  /** The operating system; Linux by default. */
  platform?: string
  /** The home that the system has on record. */
  home?: string
  /** Writing to this stream fails with this error code. */
  broken?: { stdout?: string; stderr?: string }
  /** These streams have no reader: what is written there is never taken. */
  stalled?: ('stdout' | 'stderr')[]
}

/** A world in a test: everything that was written, and a clock that moves only when told to or slept on. */
export interface World {
  context: Context
  stdout: () => string
  stderr: () => string
  /** Nothing can be written to stdout. */
  readonly isStdoutBroken: boolean
  /** Whether a write waits for a reader who never comes. */
  isStalled: () => boolean
  /** From now on this stream is not read. */
  stall(name: 'stdout' | 'stderr'): void
  /** Whether standard input was read. */
  wasStdinRead: () => boolean
  /** Moves the clock; alarms that are due ring. */
  advance(ms: number): void
  /** The process stands still for this time, in ms; only the clock of the system moves. */
  suspend(ms: number): void
  /** In how many ms the next alarm rings; Infinity where none is set. */
  nextAlarm: () => number
  /** What the program slept, in ms, in order. */
  sleeps: number[]
  interrupt(signal: SignalName): void
}

/** 2026-11-22, 12:00 UTC. */
export const start = Date.UTC(2026, 10, 22, 12)

export function newWorld(options: WorldOptions = {}): World {
  const written = { stdout: [] as Buffer[], stderr: [] as Buffer[] }
  const sleeps: number[] = []
  const alarms = new Set<{ at: number; ring: () => void }>()
  const interruption = new AbortController()
  const stalled = new Set(options.stalled)
  let isStalled = false
  let now = start
  let stoodStill = 0
  let suspensions = 0
  let wasRead = false
  const isTTY = (name: 'stdin' | 'stdout' | 'stderr'): boolean => options.tty?.includes(name) ?? false
  const stream = (name: 'stdout' | 'stderr'): Context['stdout'] => ({
    isTTY: isTTY(name),
    columns: 80,
    rows: 24,
    write(text) {
      return this.writeBytes(Buffer.from(text))
    },
    writeBytes(bytes) {
      const code = options.broken?.[name]
      if (code !== undefined) return Promise.reject(Object.assign(new Error(code), { code }))
      if (stalled.has(name)) {
        isStalled = true
        return new Promise(() => undefined)
      }
      written[name].push(Buffer.from(bytes))
      return Promise.resolve()
    },
  })
  const advance = (ms: number): void => {
    now += ms
    for (const alarm of alarms) {
      if (alarm.at > now) continue
      alarms.delete(alarm)
      alarm.ring()
    }
  }
  const context: Context = {
    stdin: {
      isTTY: isTTY('stdin'),
      read() {
        wasRead = true
        return Promise.resolve(Buffer.from(options.stdin ?? ''))
      },
      readLine() {
        wasRead = true
        return Promise.resolve(String(options.stdin ?? '').split('\n')[0] ?? '')
      },
    },
    stdout: stream('stdout'),
    stderr: stream('stderr'),
    env: options.env ?? {},
    cwd: () => options.cwd ?? '/',
    uid: options.platform === 'win32' ? undefined : process.getuid?.(),
    platform: options.platform ?? 'linux',
    home: () => options.home,
    me: () => ({ user: 'tester', host: 'here', pid: options.pid ?? 4242 }),
    command: () => '',
    startsPipelines: true,
    program: () => ['/opt/node/bin/node', '/opt/bin/gitlab-trigger'],
    system: () =>
      Promise.resolve({
        node: '20.0.0',
        platform: 'linux',
        arch: 'x64',
        openssl: '3.0.0',
        libc: 'glibc 2.36',
      }),
    secretsFolder: options.secretsFolder ?? '/no-such-folder',
    canFilesHang: () => options.canFilesHang ?? false,
    isRunning: (pid) => options.running?.includes(pid) ?? false,
    now: () => now,
    wallTime: () => now + stoodStill,
    suspensions: () => suspensions,
    random: () => 0.5,
    async sleep(ms, signal) {
      signal.throwIfAborted()
      sleeps.push(ms)
      advance(ms)
      // Let sockets and the servers of the test continue.
      await new Promise((resolve) => setImmediate(resolve))
      signal.throwIfAborted()
    },
    alarm(ms, ring) {
      const alarm = { at: now + ms, ring }
      alarms.add(alarm)
      return () => alarms.delete(alarm)
    },
    interrupted: interruption.signal,
    secrets: new SecretRegistry(),
    withoutWasmTiering: (work) => {
      work()
    },
  }
  return {
    context,
    stdout: () => Buffer.concat(written.stdout).toString(),
    stderr: () => Buffer.concat(written.stderr).toString(),
    get isStdoutBroken() {
      return options.broken?.stdout !== undefined || stalled.has('stdout')
    },
    isStalled: () => isStalled,
    stall: (name) => void stalled.add(name),
    wasStdinRead: () => wasRead,
    advance,
    suspend(ms) {
      stoodStill += ms
      suspensions += 1
    },
    nextAlarm: () => Math.min(Infinity, ...[...alarms].map(({ at }) => at - now)),
    sleeps,
    interrupt: (signal) => {
      interruption.abort(new Interrupted(signal))
    },
  }
}

/** A folder of its own for a test, under the system's temporary one; `remove` takes it away. */
export function newFolder(): { path: string; remove: () => void } {
  const path = mkdtempSync(join(tmpdir(), 'gitlab-trigger-'))
  return {
    path,
    remove: () => {
      rmSync(path, { recursive: true, force: true })
    },
  }
}

/** A folder for each test of a file, removed after it; within a describe, for each of its tests. */
export function useFolder(): () => ReturnType<typeof newFolder> {
  let folder: ReturnType<typeof newFolder> | undefined
  beforeEach(() => {
    folder = newFolder()
  })
  afterEach(() => {
    folder?.remove()
  })
  return () => {
    if (!folder) throw new Error('no folder outside a test')
    return folder
  }
}
