import { hostname, userInfo, type UserInfo } from 'node:os'
import type { Context } from '../core/context.ts'
import { SecretRegistry } from '../core/secret.ts'
import { realTime } from './clock.ts'
import { inputStream } from './input.ts'
import { outputStream } from './output.ts'
import { interruption } from './signals.ts'
import { withoutWasmTiering } from './wasm-tiering.ts'

/** The system's record of our user; a container's user often has none. */
function record(): UserInfo<string> | undefined {
  try {
    return userInfo()
  } catch {
    return undefined
  }
}

/** The real world: this process's streams, environment, clock and signals. Called once, by the launcher. */
export function processContext(): Context {
  return {
    ...realTime,
    stdin: inputStream(),
    stdout: outputStream(1, () => process.stdout),
    stderr: outputStream(2, () => process.stderr),
    env: process.env,
    cwd: () => process.cwd(),
    uid: process.getuid?.(),
    me() {
      return {
        user: record()?.username ?? String(process.getuid?.() ?? ''),
        host: hostname(),
        pid: process.pid,
      }
    },
    command: () => '',
    program: () => [process.execPath, ...process.argv.slice(1, 2)],
    secretsFolder: '/run/secrets',
    isRunning(pid) {
      try {
        process.kill(pid, 0)
        return true
      } catch (error) {
        return (error as { code?: unknown }).code === 'EPERM'
      }
    },
    home: () => record()?.homedir,
    interrupted: interruption(),
    secrets: new SecretRegistry(),
    withoutWasmTiering,
  }
}
