import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import { resolve } from 'node:path'
import { parseDuration } from '../config/duration.ts'
import { defaultPaceMs } from '../core/defaults.ts'
import type { Context } from '../core/context.ts'
import { codeOf, Interrupted, usageError } from '../core/errors.ts'
import { exitCodes, signalExits, type SignalName } from '../core/exit-codes.ts'
import type { SandboxFlags } from '../options/sandbox.ts'
import { writeText } from '../output/reporters/text-reporter.ts'
import type { Scenario } from '../sandbox/scenario/scenario.ts'
import { gitlabVersions, startSandbox, type Sandbox, type SandboxOptions } from '../sandbox/server.ts'
import { wrongValue } from '../core/text/wrong-value.ts'

/** The first of the problems of a scenario, and how many more there are. */
function scenarioError({ message }: RangeError): Error {
  const [first = '', ...more] = message.split('\n')
  const others = more.length === 1 ? 'There is one more problem.' : `There are ${more.length} more problems.`
  return usageError(`--scenario: ${first}`, more.length > 0 ? others : undefined)
}

/** Reads a scenario file. Throws a usage error for one that is not there or not good. */
async function scenarioIn(file: string, context: Context): Promise<Scenario> {
  const { readScenario } = await import('../sandbox/scenario/read.ts')
  try {
    return readScenario(readFileSync(resolve(context.cwd(), file), 'utf8'), file)
  } catch (error) {
    if (error instanceof RangeError) throw scenarioError(error)
    const why = codeOf(error) === 'ENOENT' ? 'does not exist' : 'cannot be read'
    throw usageError(`--scenario: ${file} ${why}`)
  }
}

function optionsOf(flags: SandboxFlags, now: () => number): SandboxOptions {
  const { port, prefix, pace, gitlab, listen, host } = flags
  const number = port === undefined ? 0 : Number(port)
  if (port !== undefined && (!/^\d{1,5}$/.test(port) || number > 65_535)) {
    throw wrongValue(
      '--port',
      port,
      'not a port',
      'Give a number from 1 to 65535; without it a free port is taken.',
    )
  }
  if (prefix !== undefined && !/^(\/[\w.-]+)+$/.test(prefix)) {
    throw wrongValue('--prefix', prefix, 'not a path', 'Write it as /gitlab.')
  }
  if (listen !== undefined && isIP(listen) === 0) {
    throw usageError(`--listen ${listen}: not an IP address`, 'For a container, write --listen 0.0.0.0.')
  }
  const badHost = host?.find((name) => !/^[\w.-]+$/.test(name))
  if (badHost !== undefined) throw usageError(`--host ${badHost}: not a host name`, 'Leave out the port.')
  const version = gitlabVersions.find((each) => each === gitlab)
  if (gitlab !== undefined && version === undefined) {
    throw wrongValue('--gitlab', gitlab, `not one of ${gitlabVersions.join(', ')}`)
  }
  return {
    port: number,
    now,
    ...(listen !== undefined && { listen }),
    ...(host !== undefined && { hosts: host }),
    ...(prefix !== undefined && { prefix }),
    paceMs: pace === undefined ? defaultPaceMs : parseDuration(pace, '--pace'),
    ...(version !== undefined && { gitlab: version }),
  }
}

/** Changes the settings that were typed as NAME=VALUE. Throws a usage error. */
function applySettings(server: Sandbox, typed: readonly string[]): void {
  for (const each of typed) {
    const [name = '', ...value] = each.split('=')
    if (value.length === 0) throw usageError(`--set ${each}: expected NAME=VALUE`)
    try {
      server.set(name, value.join('='))
    } catch (error) {
      if (error instanceof RangeError) throw usageError(`--set ${each}: ${error.message}`)
      throw error
    }
  }
}

/** The settings with which `gitlab-trigger` talks to a sandbox. */
function environmentOf(server: Sandbox, env: Context['env']): Record<string, string> {
  const { url, tokens } = server
  const [first] = server.projects()
  // A proxy cannot reach the loopback address of this machine.
  const noProxy = [env['no_proxy'] ?? env['NO_PROXY'], new URL(url).hostname].filter(Boolean).join(',')
  return {
    no_proxy: noProxy,
    NO_PROXY: noProxy,
    GITLAB_TRIGGER_SERVER: url,
    GITLAB_TRIGGER_PROJECT: String(first?.id ?? ''),
    GITLAB_TRIGGER_REF: first?.defaultBranch ?? '',
    GITLAB_TRIGGER_TOKEN: first?.triggerTokens[0] ?? '',
    GITLAB_TRIGGER_API_TOKEN: tokens.api,
  }
}

/** Warns where other machines can reach the sandbox: its tokens are the same everywhere. */
async function warnIfOpen(listen: string | undefined, { stderr }: Context): Promise<void> {
  if (listen === undefined || /^(127\.|::1$|localhost$)/.test(listen)) return
  await stderr.write(
    `gitlab-trigger: warning: the sandbox listens on ${listen}. Anyone who can reach that address can read and change everything in it; its tokens are not secret.\n`,
  )
}

/**
 * Serves a stand-in for GitLab, on 127.0.0.1 unless `--listen` says otherwise, until it is stopped; or, with a command, runs that against one, with
 * GITLAB_TRIGGER_* set, and resolves to the command's own exit code. Throws a usage error for bad flags, a port that is
 * taken or a command that cannot be started.
 */
export async function sandbox(
  flags: SandboxFlags,
  command: readonly string[],
  context: Context,
): Promise<number> {
  const scenario = flags.scenario === undefined ? undefined : await scenarioIn(flags.scenario, context)
  const options = { ...optionsOf(flags, () => context.now()), ...(scenario && { scenario }) }
  const server = await startSandbox(options).catch((error: unknown) => {
    if (codeOf(error) === 'EADDRINUSE')
      throw usageError(`--port ${flags.port ?? ''}: another program uses that port`)
    if (codeOf(error) === 'EADDRNOTAVAIL')
      throw usageError(`--listen ${flags.listen ?? ''}: this machine does not have that address`)
    if (error instanceof RangeError) throw scenarioError(error)
    if (codeOf(error) === 'EACCES')
      throw usageError(`--port ${flags.port ?? ''}: no permission to use that port`)
    throw error
  })
  try {
    applySettings(server, flags.set ?? [])
    await warnIfOpen(flags.listen, context)
    if (command.length > 0) return await runAgainst(server, command, context)
    await writeText(context, server.greeting())
    return await untilInterrupted(context.interrupted)
  } finally {
    await server.close()
  }
}

function untilInterrupted(interrupted: AbortSignal): Promise<number> {
  return new Promise((resolve) => {
    const end = (): void => {
      const { reason } = interrupted as { reason: unknown }
      const name = reason instanceof Interrupted ? signalExits[reason.signal] : 'interrupt'
      resolve(exitCodes[name].code)
    }
    if (interrupted.aborted) end()
    else interrupted.addEventListener('abort', end, { once: true })
  })
}

function runAgainst(server: Sandbox, command: readonly string[], context: Context): Promise<number> {
  const [file = '', ...args] = command
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      stdio: 'inherit',
      env: { ...context.env, ...environmentOf(server, context.env) },
    })
    context.interrupted.addEventListener('abort', () => {
      const { reason } = context.interrupted as { reason: unknown }
      child.kill(reason instanceof Interrupted ? reason.signal : 'SIGTERM')
    })
    child.once('error', (error) => {
      const why = codeOf(error) === 'ENOENT' ? 'no such command' : 'it cannot be run'
      reject(usageError(`sandbox -- ${file}: ${why}`))
    })
    child.once('close', (code, signal) => {
      const bySignal = signal !== null && signal in signalExits
      resolve(code ?? (bySignal ? exitCodes[signalExits[signal as SignalName]].code : 128 + 9))
    })
  })
}
