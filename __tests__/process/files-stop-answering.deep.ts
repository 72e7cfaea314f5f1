import { spawn, execFileSync, type ChildProcess } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { Duplex } from 'node:stream'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { listen } from '../helpers/listen.ts'
import { runIn, type Result } from '../helpers/run.ts'
import { canMountFuse, writeMountProgram } from '../helpers/unanswering.ts'
import { newWorld, useFolder, type World } from '../helpers/world.ts'

// A file system that stops answering after the trigger was sent, as that of a network that is lost: what was to be written there is reported, and counts
// in the exit code.

const folder = useFolder()

/** A GitLab that answers a trigger once the folder no longer answers. */
function startServer(onPost: () => Promise<void>): ReturnType<typeof listen> {
  const sockets = new Set<Duplex>()
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      void onPost().then(() => {
        const pipeline = { id: 4711, sha: 'a'.repeat(40), ref: 'master', status: 'created', project_id: 9 }
        response.writeHead(201, { 'content-type': 'application/json' }).end(JSON.stringify(pipeline))
      })
    })
  }).on('connection', (socket) => sockets.add(socket))
  return listen(server, sockets)
}

/** `GONE` is the folder that stops to answer. */
const rows: [name: string, line: string, env: string, says: string][] = [
  ['a dotenv report', 'run --dotenv GONE/run.env', '', '--dotenv: its file system does not answer'],
  ['links for a GitLab job', 'run --annotations GONE/a.json', '', '--annotations: its file system does not answer'],
  ['a summary', 'run', 'GITHUB_ACTIONS=true GITHUB_STEP_SUMMARY=GONE/s.md', 'GITHUB_STEP_SUMMARY: its file system does not answer'],
  ['the journal', 'run --once key', 'XDG_STATE_HOME=GONE', 'the journal could not be written'],
  ['the report of a batch', 'batch PLAN --dotenv GONE/all.env', '', '--dotenv: its file system does not answer'],
] // prettier-ignore

/** The same where it does not answer from the beginning: nothing is sent. */
const before: [name: string, line: string, says: string][] = [
  ['the journal', 'run --once key', '--once: the journal in GONE/gitlab-trigger/once cannot be written (its file system does not answer)\nNo pipeline was created.\nRepair or unmount that file system, or set XDG_STATE_HOME.\n'],
  ['a lock', 'run --lock name', '--lock: the lock in GONE/gitlab-trigger/locks cannot be used (its file system does not answer)\nNo pipeline was created.\n'],
  ['the journal of a batch', 'batch -', 'batch: the journal in GONE/gitlab-trigger/batch cannot be read (its file system does not answer)\nNo pipeline was created.\nRepair or unmount that file system, or set XDG_STATE_HOME.\n'],
  ['a new config file', 'config init GONE/c.yaml', 'config init: GONE/c.yaml cannot be written (its file system does not answer)\n'],
  ['what history shows', 'history', 'the journal in GONE/gitlab-trigger/once cannot be read (its file system does not answer)\n'],
  ['what history removes', 'history --prune 3d', 'the journal in GONE/gitlab-trigger/once cannot be pruned (its file system does not answer)\n'],
] // prettier-ignore

const described = canMountFuse() ? describe : describe.skip
described('a file system', () => {
  let mounted: ChildProcess | undefined
  let gone = ''
  let program = ''
  beforeEach(() => {
    gone = join(folder().path, 'gone')
    mkdirSync(gone)
    program = writeMountProgram(folder().path)
    writeFileSync(join(folder().path, 'plan.yaml'), 'targets: [{ name: one }]\n')
  })
  afterEach(() => {
    // With its program the calls end that were waiting for it.
    mounted?.kill('SIGKILL')
    if (mounted) execFileSync('umount', ['-l', gone])
    mounted = undefined
  })
  const filled = (text: string): string =>
    text.replaceAll(/GONE|PLAN/g, (word) => (word === 'GONE' ? gone : join(folder().path, 'plan.yaml')))
  /** Runs a line in a world in which a file system may not answer; `stop` lets that happen, and from then on its clock runs. */
  const runLine = async (
    line: string,
    env: Record<string, string>,
    begin: (stop: () => Promise<void>, world: World) => Promise<void>,
  ): Promise<Result> => {
    let isOver = false
    // A plan on standard input: the clock runs, and the disk of a busy machine may be slower than that.
    const stdin = 'targets: [{ name: one }]\n'
    const world = newWorld({ canFilesHang: true, stdin, env: { HOME: folder().path, ...env } })
    const stop = async (): Promise<void> => {
      const child = spawn('python3', [program, gone], {
        stdio: ['pipe', 'pipe', 'inherit'],
      })
      mounted = child
      await new Promise((resolve) => createInterface({ input: child.stdout }).once('line', resolve))
      const advance = (): void => {
        world.advance(100)
        if (!isOver) setImmediate(advance)
      }
      advance()
    }
    try {
      await begin(stop, world)
      return await runIn(world, filled(line))
    } finally {
      isOver = true
    }
  }
  const target = {
    GITLAB_TRIGGER_PROJECT: '9',
    GITLAB_TRIGGER_REF: 'master',
    GITLAB_TRIGGER_TOKEN: 'glptt-0123456789',
  }

  test.each(rows)('that stops answering once the trigger was sent: %s', async (_, line, env, says) => {
    let server: Awaited<ReturnType<typeof listen>> | undefined
    const given = Object.fromEntries(
      filled(env)
        .split(' ')
        .filter(Boolean)
        .map((each) => each.split('=')),
    ) as Record<string, string>
    const result = await runLine(
      `${line} --timeout 24h --no-config`,
      { ...target, ...given },
      async (stop, { context }) => {
        server = await startServer(stop)
        Object.assign(context.env, { GITLAB_TRIGGER_SERVER: `http://127.0.0.1:${server.port}` })
      },
    )
    await server?.close()
    const stderr = expect.stringContaining(says) as string
    expect(result).toMatchObject({ stdout: '4711\n', stderr, code: 11 })
  })

  test.each(before)('that does not answer: %s', async (_, line, says) => {
    const isRun = /^(run|batch)/.test(line)
    const env = { ...target, GITLAB_TRIGGER_SERVER: 'http://127.0.0.1:9', XDG_STATE_HOME: gone }
    const result = await runLine(isRun ? `${line} --timeout 24h --no-config` : line, env, (stop) => stop())
    const stderr = expect.stringContaining(filled(says)) as string
    expect(result).toMatchObject({ stdout: '', stderr, code: 14 })
  })
})
