import fc from 'fast-check'
import { mkdirSync, rmSync } from 'node:fs'
import { startSandbox } from '../../src/sandbox/server.ts'
import { environment, posts, useGitlab } from '../helpers/gitlab.ts'
import { useHome } from '../helpers/home.ts'
import { runIn, type Line, type Result } from '../helpers/run.ts'
import { none, statesIn } from '../helpers/pipeline-sentences.ts'
import { newFolder, newWorld, start } from '../helpers/world.ts'
import { holds } from '../helpers/property.ts'

const gitlab = useGitlab()
const home = useHome()

const once = (line: Line): Promise<Result> => {
  const { env = {} } = environment(gitlab())
  return runIn(newWorld(home().world({ env })), line)
}

describe('history', () => {
  test('of nothing is nothing', async () => {
    expect(await once('history')).toMatchObject({ code: 0, stdout: '', stderr: '' })
    expect(JSON.parse((await once('history --json')).stdout)).toMatchObject({ history: [] })
  })

  test('has what was triggered, by whom, with what result, oldest first', async () => {
    await once('--ref master --once first')
    gitlab().failNext({ kind: 'answer', method: 'POST', status: 502 })
    await once('--ref master --once second')
    await once('--ref nowhere --once third')
    gitlab().failNext({ kind: 'cut', method: 'POST' })
    await once('--ref master --once fourth')
    const { code, stdout, stderr } = await once('history')
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    const lines = stdout.trimEnd().split('\n')
    expect(lines).toHaveLength(4)
    for (const line of lines)
      expect(line).toMatch(/^2026-11-22T12:00:00.* 9 on (master|nowhere) .*tester@here/)
    const about = (key: string): string => lines.find((line) => line.endsWith(key)) ?? ''
    expect(about('first')).toContain('4711')
    expect(about('second')).toContain('unknown')
    expect(about('third')).toMatch(/no pipeline.*5/)
    expect(about('fourth')).toMatch(/pipeline.*lost/)
  })

  test('--json is one object with all of it', async () => {
    await once('--ref master --once first --var A=1')
    const { history } = JSON.parse((await once('history --json')).stdout) as { history: unknown[] }
    expect(history).toHaveLength(1)
    expect(history[0]).toMatchObject({
      intent: {
        key: 'first',
        project: '9',
        ref: 'master',
        server: gitlab().url,
        user: 'tester',
        host: 'here',
      },
      result: { outcome: 'triggered', build: { id: 4711 }, exitCode: 0 },
    })
    expect(JSON.stringify(history)).toContain('"A"')
  })

  test('an odd key stays on its line', async () => {
    await once(['--ref', 'master', '--once', 'a\nb\x1b[31m\u202e'])
    const { stdout } = await once('history')
    expect(stdout.match(/\n/g)).toHaveLength(1)

    expect(stdout).not.toMatch(/[\x00-\x09\x0b-\x1f\u202e]/)
  })

  test('a folder that cannot be read is said so', async () => {
    home().write('home/.local/state/gitlab-trigger/once', 'x')
    const { code, stdout, stderr } = await once('history')
    expect({ code, stdout }).toEqual({ code: 14, stdout: '' })
    expect(stderr).toContain('journal')
    expect(statesIn(stderr)).toEqual([])
  })

  test('other things in the folder do no harm', async () => {
    await once('--ref master --once first')
    home().write('home/.local/state/gitlab-trigger/once/notes.txt', 'x')
    home().write('home/.local/state/gitlab-trigger/once/other.jsonl', '[]\n{}\n')
    mkdirSync(`${home().state}/once/folder.jsonl`)
    const { code, stdout } = await once('history')
    expect(code).toBe(0)
    expect(stdout).toContain('4711')
  })

  test.each(['history more', 'history --once x', 'history --nope'])('%s: exit 2', async (line) => {
    expect((await once(line)).code).toBe(2)
  })
})

describe('several runs with one key at once', () => {
  const fault = fc.constantFrom('none', '502', '502 made', 'cut', '400', 'reset')
  const runs = fc.array(fc.record({ delay: fc.nat(40), reads: fc.boolean(), alive: fc.boolean() }), {
    minLength: 2,
    maxLength: 4,
  })

  test('make one build at most, whatever the order (property)', async () => {
    const codes = new Set<number>()
    await holds(
      fc.asyncProperty(runs, fault, async (plans, kind) => {
        const folder = newFolder()
        const sandbox = await startSandbox({ now: () => start, paceMs: 0 })
        try {
          if (kind === '502') sandbox.failNext({ kind: 'answer', method: 'POST', status: 502 })
          if (kind === '502 made')
            sandbox.failNext({ kind: 'answer', method: 'POST', status: 502, createThen: true })
          if (kind === 'cut') sandbox.failNext({ kind: 'cut', method: 'POST' })
          if (kind === 'reset') sandbox.failNext({ kind: 'reset after', method: 'POST' })
          if (kind === '400') sandbox.failNext({ kind: 'answer', method: 'POST', status: 400 })
          const results = await Promise.all(
            plans.map(async ({ delay, reads, alive }, at) => {
              for (let turn = 0; turn < delay; turn++) await new Promise((resolve) => setImmediate(resolve))
              const token = reads ? { GITLAB_TRIGGER_API_TOKEN: sandbox.tokens.api } : {}
              const env = { HOME: folder.path, ...environment(sandbox, token).env }
              const running = alive ? plans.map((_, other) => other + 1) : []
              const world = newWorld({ env, pid: at + 1, running })
              return runIn(world, '--ref master --once K')
            }),
          )
          expect(sandbox.pipelines.length).toBeLessThanOrEqual(1)
          expect(posts(sandbox).length).toBeLessThanOrEqual(kind === '400' ? 2 : 1)
          for (const { code, stdout, stderr } of results) {
            codes.add(code)
            expect(stderr).not.toContain('bug of')
            if (code === 0) expect(stdout).toBe('4711\n')
            if (code === 0) expect(sandbox.pipelines).toHaveLength(1)
            // A later run may find none and be refused; it says nothing false of the build.
            if (sandbox.pipelines.length === 1 && code !== 10) {
              if (kind !== '400') expect(statesIn(stderr)).not.toContain(none)
            }
          }
        } finally {
          await sandbox.close()
          rmSync(folder.path, { recursive: true })
        }
      }),
      40,
    )
    expect([...codes]).toEqual(expect.arrayContaining([0, 7]))
  })
})
