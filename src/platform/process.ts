import { hostname, userInfo, type UserInfo } from 'node:os'
import type { Context } from '../core/context.ts'
import { rulesOf } from '../core/system/platforms.ts'
import { SecretRegistry } from '../core/secret.ts'
import { realTime } from './clock.ts'
import { inputStream } from './input.ts'
import { canFilesHang } from './mounts.ts'
import { outputStream } from './output.ts'
import { interruption } from './signals.ts'
import { withoutWasmTiering } from './wasm-tiering.ts'

/** This user's entry in the system's user database; containers often have none. */
function userRecord(): UserInfo<string> | undefined {
  try {
    return userInfo()
  } catch {
    return undefined
  }
}

/** The context of this process: its streams, environment, clock and signals. The launcher calls it once. */
export function processContext(): Context {
  let me: ReturnType<Context['me']> | undefined
  let canHang: boolean | undefined
  return {
    ...realTime,
    stdin: inputStream(),
    stdout: outputStream(1, () => process.stdout),
    stderr: outputStream(2, () => process.stderr),
    env: process.env,
    cwd: () => process.cwd(),
    uid: process.getuid?.(),
    platform: process.platform,
    // Looked up once: each trigger of a batch records it.
    me: () =>
      (me ??= {
        user: userRecord()?.username ?? String(process.getuid?.() ?? ''),
        host: hostname(),
        pid: process.pid,
      }),
    command: () => '',
    startsPipelines: true,
    // A single executable is its own launcher.
    program: () => [...new Set([process.execPath, ...process.argv.slice(1, 2)])],
    system: async () => (await import('./system.ts')).systemFacts(),
    secretsFolder: rulesOf(process).hasSystemFolders ? '/run/secrets' : undefined,
    canFilesHang: () => (canHang ??= canFilesHang()),
    isRunning(pid) {
      try {
        process.kill(pid, 0)
        return true
      } catch (error) {
        return (error as { code?: unknown }).code === 'EPERM'
      }
    },
    home: () => userRecord()?.homedir,
    interrupted: interruption(),
    secrets: new SecretRegistry(),
    withoutWasmTiering,
    async tuneForMany(count) {
      const { tuneForMany } = await import('./many-tasks.ts')
      tuneForMany(count)
    },
  }
}
