import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { resolve } from 'node:path'
import { startSandbox, type Sandbox } from '../../../src/sandbox/server.ts'

/** What a script of a peer printed, and how it ended. */
export interface Played {
  code: number | null
  stdout: string
  stderr: string
}

/**
 * Runs a script of `peers/` against a sandbox of its own: branch `develop` runs forever, on `feature/x` a job waits to be played, and
 * everything else has ended when it is first read.
 */
export async function play(
  program: string,
  script: string,
  args: readonly string[] = [],
  prepare: (sandbox: Sandbox) => void = () => undefined,
): Promise<Played> {
  const sandbox = await startSandbox({ now: () => Date.UTC(2026, 10, 22, 12), paceMs: 0 })
  try {
    sandbox.script('develop', { jobs: [{ name: 'slow', stage: 'test', statuses: ['running'] }] })
    sandbox.script('feature/x', { by: 'clock', manual: ['build_package'] })
    prepare(sandbox)
    const { url: URL, tokens } = sandbox
    const { PATH = '' } = process.env
    const env = {
      PATH,
      URL,
      API: tokens.api,
      TRIGGER: tokens.trigger,
      JOB: tokens.job,
      PYTHONDONTWRITEBYTECODE: '1',
    }
    const child = spawn(program, [resolve('__tests__/sandbox/peers', script), ...args], { env })
    const [stdout, stderr]: [string[], string[]] = [[], []]
    child.stdout.setEncoding('utf8').on('data', (text: string) => stdout.push(text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => stderr.push(text))
    const [code] = (await once(child, 'close')) as [number | null]
    return { code, stdout: stdout.join(''), stderr: stderr.join('') }
  } finally {
    await sandbox.close()
  }
}

/** A call of a peer and its result. */
export type Call = [name: string, result: string]

/** The lines `name, tab, result` of a script. */
export function callsIn(stdout: string): Call[] {
  return stdout
    .trimEnd()
    .split('\n')
    .map((line): Call => {
      const [name = '', result = ''] = line.split('\t')
      return [name, result]
    })
}
