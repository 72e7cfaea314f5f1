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
    ['does not exist', () => ['no-such-program', canary], ['no-such-program', 'not found']],
    ['is a path that is not there', () => ['/no/such/program'], ['/no/such/program', 'does not exist']],
    [
      'may not be run',
      () => [home().write('program', '#!/bin/sh\necho x\n', 0o600)],
      ['program', 'cannot be run'],
    ],
    ['is a folder', () => [home().root], ['cannot be run']],
    ['is a whole line as one word', () => ['printf %s x'], ['printf %s x', 'not found']],
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

  describe('its last words', () => {
    const secret = 'Zq7-Xy2_Pw9Lk4'
    // prettier-ignore
    const rows: [name: string, script: string, says: string][] = [
      ['the last line', 'echo first >&2; echo "pass: gitlab is not in the password store" >&2; exit 3', 'the program sh failed (exit code 3): "pass: gitlab is not in the password store"\n'],
      ['blank lines behind it', 'printf "vault is sealed\\n\\n  \\n" >&2; exit 2', 'failed (exit code 2): "vault is sealed"\n'],
      ['without a line end', 'printf "not signed in" >&2; exit 1', '(exit code 1): "not signed in"\n'],
      ['CR LF', 'printf "not signed in\\r\\n" >&2; exit 1', ': "not signed in"\n'],
      ['colours', 'printf "\\033[31;1mnot\\033[0m signed in\\033]0;title\\007\\n" >&2; exit 1', ': "not signed in"\n'],
      ['none', 'exit 4', 'the program sh failed (exit code 4)\n'],
      ['a signal', 'echo sealed >&2; kill -9 $$', 'failed (killed by SIGKILL): "sealed"\n'],
      ['much', 'yes "line of noise" | head -c 100000 >&2; echo >&2; echo "the end" >&2; exit 1', ': "the end"\n'],
      ['one long line', 'head -c 100000 /dev/zero | tr "\\0" x >&2; exit 1', `: "${'x'.repeat(200)}"\n`],
      ['not UTF-8', 'printf "caf\\351\\n" >&2; exit 1', ': "caf\ufffd"\n'],
    ]
    test.each(rows)('%s', async (_, script, says) => {
      shell(script)
      const { code, stdout, stderr } = await typed()
      expect({ code, stdout }).toEqual({ code: 14, stdout: '' })
      expect(stderr).toContain(says)
      expectRefusalMessage(stderr)
    })

    test('are not waited for where a child holds stderr', async () => {
      shell('sleep 5 >/dev/null & exit 3')
      const held = world()
      const alarm = held.context.alarm.bind(held.context)
      held.context.alarm = (ms, ring) => {
        if (ms === 1000) setImmediate(ring)
        return alarm(ms, ring)
      }
      expect((await runIn(held, line)).stderr).toContain('the program sh failed (exit code 3)\n')
    })

    // prettier-ignore
    test.each<[name: string, script: string]>([
      ['it was printed before', `echo ${secret}; echo "cannot store ${secret}" >&2; exit 1`],
      ['it was printed as JSON', `echo '{"token":"${secret}"}'; echo "bad: ${secret}" >&2; exit 1`],
      ['in a trace of the shell', `set -x; printf %s ${secret}; exit 1`],
      ['behind its name', `echo "token=${secret}" >&2; exit 1`],
      ['in a header', `echo "Authorization: Bearer ${secret}" >&2; exit 1`],
      ['in a URL', `echo "fetching https://me:${secret}@vault.example.com" >&2; exit 1`],
      ["of GitLab's form", `echo "no: glptt-${secret}" >&2; exit 1`],
      ['in Base64', `echo ${secret}; printf %s ${secret} | base64 >&2; exit 1`],
    ])('do not hold the token: %s', async (_, script) => {
      shell(script)
      for (const flags of ['', '--json', '--verbose']) {
        const done = runIn(world(), `${line} ${flags}`)
        const { code, stdout, mail } = await done
        expect(code).toBe(14)
        for (const form of [secret, Buffer.from(secret).toString('base64').slice(0, 16)])
          expect(stdout + mail).not.toContain(form)
      }
    })

    test('are in --json too', async () => {
      shell('echo "vault is sealed" >&2; exit 2')
      const { stdout } = await typed('--json')
      expect((JSON.parse(stdout) as { error: { message: string } }).error.message).toContain(
        'vault is sealed',
      )
    })

    test('at a terminal the program says them itself', async () => {
      shell('exit 2')
      const { code, stderr } = await runIn(
        newWorld(home().world({ tty: ['stdin'], env: { PATH: '/bin' } })),
        line,
      )
      expect(code).toBe(14)
      expect(stderr).toContain('the program sh failed (exit code 2)\n')
    })
  })

  // prettier-ignore
  test.each<[name: string, words: string[], env: Record<string, string>, says: string[]]>([
    ['in PATH', ['no-such'], { PATH: '/usr/bin:/opt/x' }, ['no-such was not found (searched in PATH: /usr/bin:/opt/x)', 'whole path']],
    ['without PATH', ['no-such'], {}, ['no-such was not found (searched in /bin:/usr/bin, because PATH is not set)']],
    ['a path', ['/no/such'], { PATH: '/bin' }, ['/no/such does not exist\n', 'Correct the path']],
    ['a whole line', ['pass show x'], { PATH: '/bin' }, ['pass show x was not found (searched in PATH: /bin)', 'without a shell']],
  ])('what does not exist: %s', async (_, words, env, says) => {
    write(...words)
    const { code, stderr } = await run(line, home().world({ env }))
    expect(code).toBe(14)
    for (const part of says) expect(stderr).toContain(part)
  })

  test('an interpreter that is not there is not the program', async () => {
    write(home().write('script', '#!/no/such/python\n', 0o755))
    const { code, stderr } = await typed()
    expect(code).toBe(14)
    expect(stderr).toContain('the interpreter named in its first line does not exist')
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
    expect(stderr).toContain('No pipeline was created.')
    expect(stderr).toContain(':5')
    expect(code).toBe(14)
  })

  test('hangs until Ctrl-C', async () => {
    const { code, stderr } = await whileItHangs('', (held) => {
      held.interrupt('SIGINT')
    })
    expect(code).toBe(130)
    expect(stderr).toContain('No pipeline was created.')
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
