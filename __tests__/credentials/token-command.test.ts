import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expectRefusalMessage } from '../helpers/refusal-message.ts'
import { lastFields, useGitlab } from '../helpers/gitlab.ts'
import { serverYaml, useHome } from '../helpers/home.ts'
import { run, runIn, type Result } from '../helpers/run.ts'
import { spawnClient } from '../helpers/spawn.ts'
import { newWorld, type World } from '../helpers/world.ts'

const gitlab = useGitlab()
const home = useHome()
const canary = 'c4n4ry-token'
const token = (): string => gitlab().tokens.trigger

const line = '--project 9 --ref master'
const world = (): World => newWorld(home().world({ env: { PATH: '/usr/bin:/bin' } }))

/** A config whose token comes from this program with these words. */
const write = (...words: string[]): string =>
  home().config(serverYaml(gitlab(), `tokenCommand: ${JSON.stringify(words)}`))
const shell = (script: string): string => write('sh', '-c', script)
const typed = (more = ''): Promise<Result> => runIn(world(), `${line} ${more}`)

describe('T24 tokenCommand', () => {
  test.each<[name: string, format: string]>([
    ['without a line end', '%s'],
    ['with a trailing line end', '%s\\n'],
    ['with CR LF', '%s\\r\\n'],
  ])('prints the token %s', async (_, format) => {
    write('printf', format, token())
    expect(await typed()).toMatchObject({ code: 0, stdout: '4711\n', stderr: '' })
    expect(lastFields(gitlab())['token']).toBe(token())
  })

  test('no shell: words arrive as they are', async () => {
    const script = home().write(
      'print.sh',
      'for word; do printf "<%s>" "$word"; done > "$0.words"; printf %s "$TOKEN"\n',
    )
    const words = ['a b', ';touch pwned', '$HOME', '*', '', '"', "it's", '$(id)', '|', '~/x', 'größe']
    write('/bin/sh', script, ...words)
    const done = await run(line, home().world({ env: { PATH: '/usr/bin:/bin', TOKEN: token() } }))
    expect(done).toMatchObject({ code: 0, stdout: '4711\n' })
    expect(readFileSync(`${script}.words`, 'utf8')).toBe(words.map((word) => `<${word}>`).join(''))
  })

  const refused: [name: string, words: () => string[], says: string[]][] = [
    ['fails', () => ['sh', '-c', `echo ${canary}; echo ${canary} >&2; exit 3`], ['sh', '3']],
    ['fails after a token', () => ['sh', '-c', `echo ${canary}; exit 1`], ['sh', '1']],
    ['is killed', () => ['sh', '-c', 'kill -9 $$'], ['sh', 'SIGKILL']],
    ['prints two lines', () => ['printf', `${canary}\\n${canary}\\n`], ['printf', 'line end']],
    ['prints an empty line behind', () => ['printf', `${canary}\\n\\n`], ['printf', 'line end']],
    ['prints nothing', () => ['true'], ['true', 'empty']],
    ['prints a line end', () => ['echo'], ['echo', 'empty']],
    ['prints a blank in it', () => ['echo', `${canary} x`], ['echo', 'blank']],
    ['prints to stderr only', () => ['sh', '-c', `echo ${canary} >&2`], ['sh', 'empty']],
    ['prints without end', () => ['yes', canary], ['yes', 'too much']],
    ['is not there', () => ['no-such-program', canary], ['no-such-program', 'not there']],
    ['is a path that is not there', () => ['/no/such/program'], ['/no/such/program', 'not there']],
    [
      'may not be run',
      () => [home().write('program', '#!/bin/sh\necho x\n', 0o600)],
      ['program', 'cannot be run'],
    ],
    ['is a folder', () => [home().root], ['cannot be run']],
    ['is a whole line as one word', () => ['printf %s x'], ['printf %s x', 'not there']],
  ]
  test.each(refused)('%s: refused, by its name and without what it printed', async (_, words, says) => {
    const path = write(...words())
    const { code, stdout, stderr } = await typed('--verbose')
    for (const part of [`${path}:5`, ...says]) expect(stderr).toContain(part)
    expect({ code, stdout }).toEqual({ code: 14, stdout: '' })
    expectRefusalMessage(stderr)
    expect(stderr).not.toContain(canary)
    expect(gitlab().requests).toEqual([])
  })

  /** A program that says that it runs, by a request to the sandbox, and then hangs until it is killed. */
  const hang = (): string => `curl -s -o /dev/null ${gitlab().url}/hung; exec tail -f /dev/null`

  /** Runs, and once the program hangs does the rest. */
  async function whileItHangs(more: string, then: (world: World) => void): Promise<Result> {
    shell(hang())
    const held = world()
    const done = runIn(held, `${line} ${more}`)
    while (!gitlab().requests.some((each) => each.path.includes('hung'))) {
      await new Promise((resolve) => setImmediate(resolve))
    }
    then(held)
    const result = await done
    expect(gitlab().requests.filter(({ method }) => method === 'POST')).toEqual([])
    return result
  }

  test('hangs until its own limit', async () => {
    const { code, stderr } = await whileItHangs('--timeout 1h', (held) => {
      held.advance(61_000)
    })
    expect(stderr).toContain('the program sh')
    expect(code).toBe(14)
    expectRefusalMessage(stderr)
  })

  test('hangs until --timeout: the program is named', async () => {
    const { code, stderr } = await whileItHangs('--timeout 10s', (held) => {
      held.advance(10_001)
    })
    expect(stderr).toContain('sh')
    expect(stderr).toContain('No build was triggered.')
    expect(stderr).toContain(':5')
    expect(code).toBe(14)
  })

  test('hangs until Ctrl-C', async () => {
    const { code, stderr } = await whileItHangs('', (held) => {
      held.interrupt('SIGINT')
    })
    expect(code).toBe(130)
    expect(stderr).toContain('No build was triggered.')
  })

  test('is not even started after Ctrl-C', async () => {
    const marker = join(home().root, 'run')
    write('touch', marker)
    const held = world()
    held.interrupt('SIGINT')
    expect(await runIn(held, line)).toMatchObject({ code: 130, stdout: '' })
    expect(existsSync(marker)).toBe(false)
  })

  test('a child of the program that lives on does not keep us (G10)', async () => {
    const pid = join(home().root, 'pid')
    shell(`sh -c 'echo $$ > ${pid}; exec timeout 60 tail -f /dev/null' & printf %s ${token()}; wait`)
    const env = { ...home().world().env, PATH: '/usr/bin:/bin' }
    try {
      const done = await spawnClient(`${line} --timeout 1s`.split(' '), { cwd: home().checkout, env })
      expect([6, 14]).toContain(done.code)
    } finally {
      // It may not have come so far as to write its number; 0 would be all of us. Then it ends by itself.
      const number = existsSync(pid) ? Number(readFileSync(pid, 'utf8')) : 0
      if (number > 1) process.kill(number)
    }
  })
})
