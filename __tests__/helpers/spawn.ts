import { spawn } from 'node:child_process'
import { resolve } from 'node:path'

/** The launcher, as npm links it. */
export const launcher = resolve('bin/gitlab-trigger.js')

/** The client as words of a command: the launcher, by the Node that runs the tests, or the program that CLIENT names (npm run test:executable). */
export const client: readonly string[] = process.env['CLIENT']
  ? [resolve(process.env['CLIENT'])]
  : [process.execPath, launcher]

/** The same in a line of a shell. */
export const clientLine = client.map((word) => `"${word}"`).join(' ')

/** How a spawned process ended. */
export interface Spawned {
  code: number | null
  signal: string | null
  stdout: string
  stderr: string
}

/** How a process is started: with an empty environment but what is given, in `cwd`, with closed stdin. */
export interface SpawnOptions {
  env?: Record<string, string>
  cwd?: string
  /** Is given the process's number once it runs. */
  started?: (pid: number) => void
}

/** Starts a program and waits for its end. */
export function spawnProgram(
  file: string,
  args: readonly string[],
  { env = {}, cwd, started }: SpawnOptions = {},
): Promise<Spawned> {
  return new Promise((done, reject) => {
    const child = spawn(file, args, { env, cwd, stdio: ['ignore', 'pipe', 'pipe'] })
    let stdout = ''
    let stderr = ''
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()))
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()))
    child.once('error', reject)
    child.once('close', (code, signal) => {
      done({ code, signal, stdout, stderr })
    })
    if (child.pid !== undefined) started?.(child.pid)
  })
}

/** Starts the client. */
export function spawnClient(args: readonly string[], options: SpawnOptions = {}): Promise<Spawned> {
  const [file = '', ...words] = [...client, ...args]
  return spawnProgram(file, words, options)
}

const unprivileged = ['--user', '--map-user=65532', '--map-group=65532']

/**
 * The same as a user without root's right to read and write everything: where root runs the tests, its files belong to that user, but it may do no
 * more with them than their modes say.
 */
export function spawnAsUser(args: readonly string[], options: SpawnOptions = {}): Promise<Spawned> {
  const line = [...client, ...args]
  return process.getuid?.() === 0
    ? spawnProgram('/usr/bin/unshare', [...unprivileged, ...line], options)
    : spawnClient(args, options)
}

/** Runs a shell line in which `$CLIENT` is the client. */
export function spawnShell(line: string, options: SpawnOptions = {}): Promise<Spawned> {
  return spawnProgram('/bin/sh', ['-c', line.replaceAll('$CLIENT', clientLine)], {
    ...options,
    env: { PATH: '/usr/bin:/bin', ...options.env },
  })
}
