import { platform } from 'node:os'
import type { Context, OutputStream } from '../core/context.ts'
import type { SecretRegistry } from '../core/secret.ts'

/** The clocks of a call, its timers and random numbers. */
export type CallClock = Pick<Context, 'now' | 'wallTime' | 'suspensions' | 'sleep' | 'alarm' | 'random'>

const done = (): Promise<void> => Promise.resolve()
const nowhere: OutputStream = { write: done, writeBytes: done, isTTY: false, columns: 80, rows: 24 }

/** A world for one call: it has a clock and what stops it, and no terminal, environment or files. */
export function callContext(clock: CallClock, interrupted: AbortSignal, secrets: SecretRegistry): Context {
  return {
    stdin: {
      isTTY: false,
      read: () => Promise.resolve(Buffer.alloc(0)),
      readLine: () => Promise.resolve(''),
    },
    stdout: nowhere,
    stderr: nowhere,
    env: {},
    cwd: () => '/',
    home: () => undefined,
    uid: undefined,
    platform: platform(),
    me: () => ({ user: '', host: '', pid: 0 }),
    command: () => '',
    startsPipelines: false,
    program: () => [],
    system: () => Promise.resolve({ node: '', platform: '', arch: '', openssl: '', libc: undefined }),
    secretsFolder: undefined,
    canFilesHang: () => true,
    isRunning: () => false,
    now: () => clock.now(),
    wallTime: () => clock.wallTime(),
    suspensions: () => clock.suspensions(),
    sleep: (ms, signal) => clock.sleep(ms, signal),
    alarm: (ms, expired) => clock.alarm(ms, expired),
    random: () => clock.random(),
    interrupted,
    secrets,
    withoutWasmTiering: (work) => {
      work()
    },
  }
}
