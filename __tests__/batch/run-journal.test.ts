import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { useBatch, type BatchRunOptions } from '../helpers/batch.ts'
import { when } from '../helpers/clock.ts'
import { posts } from '../helpers/gitlab.ts'
import { filesBelow } from '../helpers/home.ts'
import { runIn } from '../helpers/run.ts'
import { newWorld } from '../helpers/world.ts'

const { batch, sent, gitlab, home } = useBatch()

const plan =
  'targets:\n  a: { ref: master, variables: { N: a } }\n  b: { ref: master, needs: [a], variables: { N: "b ${{ needs.a.id }}" } }\n  c: { ref: develop, variables: { N: c } }\n'

const folder = (): string => join(home().state, 'batch')
const journalFile = (): string => filesBelow(folder()).at(-1) ?? ''
const lines = (): string[] => readFileSync(journalFile(), 'utf8').trim().split('\n')

interface Line {
  type: string
  target?: string
}

/** As if the run had been killed when these lines were on the disk. */
function keep(isKept: (line: Line) => boolean): void {
  writeFileSync(
    journalFile(),
    `${lines()
      .filter((line) => isKept(JSON.parse(line) as Line))
      .join('\n')}\n`,
  )
}

const one = ['--parallel', '1']

const first = (more: BatchRunOptions = {}): ReturnType<typeof batch> => batch(plan, { words: one, ...more })

const again = (words: string, more: BatchRunOptions = {}): ReturnType<typeof batch> =>
  batch(plan, { pid: 4343, words: [...one, ...words.split(' ').filter(Boolean)], ...more })

test('the intent is on the disk before the POST is sent', async () => {
  const seen: string[] = []
  const stop = when(
    () => posts(gitlab()).length > seen.length,
    () => seen.push(readFileSync(journalFile(), 'utf8')),
  )
  await first()
  stop()
  expect(seen.length).toBeGreaterThan(0)
  for (const [index, text] of seen.entries())
    expect(text.match(/"type":"intent"/g)?.length).toBeGreaterThan(index)
})

describe('history --prune', () => {
  const day = 86_400_000
  const prune = async (afterMs: number): Promise<string[]> => {
    const world = newWorld({ env: home().world().env })
    world.advance(afterMs)
    const { code } = await runIn(world, 'history --prune 90d')
    expect(code).toBe(0)
    return filesBelow(folder())
  }

  test('removes the journals of runs that came to their end long ago', async () => {
    await first()
    await again('')
    expect(await prune(89 * day)).toHaveLength(2)
    expect(await prune(91 * day)).toEqual([])
    expect(await again('--resume')).toMatchObject({ code: 14 })
  })

  test('keeps one that was stopped: it may be gone on with', async () => {
    await first()
    keep(({ type }) => type !== 'over')
    expect(await prune(91 * day)).toHaveLength(1)
    expect(await again('--resume')).toMatchObject({ code: 0 })
  })
})

describe('a run that came to its end', () => {
  test('stops no other one', async () => {
    await first()
    const { code } = await again('')
    expect({ code, sent: sent() }).toEqual({ code: 0, sent: ['a', 'b 4711', 'c', 'a', 'b 4714', 'c'] })
  })

  test('even if targets have failed', async () => {
    const failing = 'targets: { a: { ref: failing, wait: true } }\n'
    expect((await batch(failing)).code).toBe(3)
    expect((await batch(failing, { pid: 4343 })).code).toBe(3)
    expect(posts(gitlab())).toHaveLength(2)
  })

  test('with --resume has nothing left to do: the same ids', async () => {
    await first()
    const { code, stdout } = await again('--resume')
    expect({ code, stdout, posts: posts(gitlab()).length }).toEqual({
      code: 0,
      stdout: '4711\n4712\n4713\n',
      posts: 3,
    })
  })

  test('with --resume triggers what provably made nothing', async () => {
    gitlab().failNext({ method: 'POST', kind: 'answer', status: 404, body: '{"message":"404 Not Found"}' })
    const { code: before, stdout: ids } = await first()
    expect({ code: before, stdout: ids }).toEqual({ code: 4, stdout: '-\n-\n4711\n' })
    const { code, stdout } = await again('--resume')
    expect({ code, stdout, sent: sent() }).toEqual({
      code: 0,
      stdout: '4712\n4713\n4711\n',
      sent: ['a', 'c', 'a', 'b 4712'],
    })
  })
})

describe('a run that did not end', () => {
  const killedAfter = async (isKept: (line: Line) => boolean): Promise<void> => {
    await first()
    keep((line) => line.type !== 'over' && isKept(line))
  }

  test('stops the next one: exit 10, and what to do', async () => {
    await killedAfter(({ target }) => target !== 'b')
    const { code, stderr } = await again('')
    expect(code).toBe(10)
    expect(stderr).toMatch(/the run of 2026-11-22T12:00:00.000Z did not finish: it created 2 pipelines/)
    expect(stderr).toMatch(/add --resume.*--restart/)
    expect(posts(gitlab())).toHaveLength(3)
  })

  test('--resume goes on: what is done is not triggered again', async () => {
    await killedAfter(({ target }) => target !== 'b')
    const { code, stdout } = await again('--resume')
    expect({ code, stdout, sent: sent() }).toEqual({
      code: 0,
      stdout: '4711\n4714\n4713\n',
      sent: ['a', 'b 4711', 'c', 'b 4711'],
    })
  })

  test('--restart begins anew', async () => {
    await killedAfter(({ target }) => target !== 'b')
    const { code } = await again('--restart')
    expect({ code, posts: posts(gitlab()).length }).toEqual({ code: 0, posts: 6 })
  })

  test('--resume follows a pipeline whose end was not seen', async () => {
    await killedAfter(({ type, target }) => target !== 'b' && !(type === 'end' && target === 'a'))
    const { code, stdout, stderr } = await again('--resume')
    expect(stderr).toMatch(/a: success/)
    expect(stderr).toContain('a: Pipeline 4711 (ref master): triggered by an earlier run http')
    expect({ code, stdout }).toEqual({ code: 0, stdout: '4711\n4714\n4713\n' })
  })

  test('--resume looks up a pipeline of which only the intent is there', async () => {
    await killedAfter(({ type, target }) => target !== 'b' && !(type !== 'intent' && target === 'c'))
    const { code, stdout } = await again('--resume')
    expect({ code, stdout, sent: sent() }).toEqual({
      code: 0,
      stdout: '4711\n4714\n4713\n',
      sent: ['a', 'b 4711', 'c', 'b 4711'],
    })
  })

  test('--resume without an API token reports what it cannot look up, and never sends it again', async () => {
    const simple = 'targets: { a: { ref: master }, c: { ref: develop } }\n'
    await batch(simple, { env: { GITLAB_TRIGGER_API_TOKEN: '' } })
    keep(({ type, target }) => type !== 'over' && !(type !== 'intent' && target === 'c'))
    const { code, stdout, stderr } = await batch(simple, {
      env: { GITLAB_TRIGGER_API_TOKEN: '' },
      pid: 4343,
      words: ['--resume'],
    })
    expect({ code, stdout, posts: posts(gitlab()).length }).toEqual({
      code: 7,
      stdout: '4711\n-\n',
      posts: 2,
    })
    expect(stderr).toMatch(/c: batch: its trigger, sent at .*, did not record how it ended/)
    expect(stderr).toMatch(/trigger it by itself, or start over with --restart/)
  })

  test('another process that is still at it stops all: exit 10', async () => {
    await killedAfter(() => true)
    for (const words of ['', '--resume', '--restart']) {
      const { code, stderr } = await again(words, { running: [4242] })
      expect({ words, code }).toEqual({ words, code: 10 })
      expect(stderr).toMatch(/another run of this plan has been running since .* \(process 4242\)/)
    }
    expect(posts(gitlab())).toHaveLength(3)
  })

  test('a target that has changed since is refused before anything is sent', async () => {
    await killedAfter(({ target }) => target !== 'b')
    const { code, stderr } = await batch(plan.replace('N: c', 'N: other'), { pid: 4343, words: ['--resume'] })
    expect(stderr).toMatch(/plan.yml:4 c: the plan or the flags have changed since its trigger was sent/)
    expect({ code, posts: posts(gitlab()).length }).toEqual({ code: 2, posts: 3 })
  })

  test('one whose values come from others, too: nothing of it is sent', async () => {
    await killedAfter(({ type, target }) => !(type === 'end' && target === 'b'))
    const changed = plan.replace('"b $', '"other $')
    const { code, stderr } = await batch(changed, { pid: 4343, words: ['--resume'] })
    expect(stderr).toMatch(/b: .*the plan or the flags have changed since its trigger was sent/)
    expect({ code, posts: posts(gitlab()).length }).toEqual({ code: 2, posts: 3 })
  })

  test('targets may be added', async () => {
    await killedAfter(({ target }) => target !== 'b')
    const more = `${plan}  d: { ref: v1.0.0, variables: { N: d } }\n`
    const { code, stdout } = await batch(more, { pid: 4343, words: ['--resume'] })
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringMatching(/^4711\n\d+\n4713\n\d+\n$/) as string,
    })
    expect(sent().slice(3).sort()).toEqual(['b 4711', 'd'])
  })

  test('a torn line is passed over', async () => {
    await killedAfter(({ target }) => target !== 'b')
    writeFileSync(journalFile(), `${readFileSync(journalFile(), 'utf8')}{"type":"intent","targ`)
    expect(await again('--resume')).toMatchObject({ code: 0 })
  })
})

test('--resume without a journal', async () => {
  const { code, stderr } = await batch(plan, { words: ['--resume'] })
  expect(stderr).toMatch(/--resume: no run of .*plan.yml is recorded/)
  expect({ code, posts: posts(gitlab()).length }).toEqual({ code: 14, posts: 0 })
})

test('a journal that cannot be written: nothing is sent', async () => {
  home().write('home/.local/state/gitlab-trigger/batch', 'a file')
  const { code, stderr } = await first()
  expect(stderr).toMatch(/the journal in .* cannot be (read|written)/)
  expect({ code, posts: posts(gitlab()).length }).toEqual({ code: 14, posts: 0 })
})

test('the same plan by way of a link has the same journal', async () => {
  await first()
  keep(({ type }) => type !== 'over')
  const { symlinkSync } = await import('node:fs')
  symlinkSync(join(home().root, 'plans/plan.yml'), join(home().root, 'plans/link.yml'))
  const { main } = await import('../../src/main.ts')
  const { newWorld } = await import('../helpers/world.ts')
  const { url, tokens } = gitlab()
  const env = {
    GITLAB_TRIGGER_SERVER: url,
    GITLAB_TRIGGER_PROJECT: '9',
    GITLAB_TRIGGER_TOKEN: tokens.trigger,
  }
  const world = newWorld(home().world({ env, pid: 4343 }))
  expect(await main(['batch', join(home().root, 'plans/link.yml')], world.context)).toBe(10)
})

test('a plan on standard input is known by its text', async () => {
  const text = '{"name":"a","ref":"master"}\n'
  await batch(text, { name: '-' })
  keep(({ type }) => type !== 'over')
  expect(await batch(text, { name: '-', pid: 4343 })).toMatchObject({ code: 10 })
  expect(await batch(`${text}\n`, { name: '-', pid: 4343 })).toMatchObject({ code: 0 })
})
