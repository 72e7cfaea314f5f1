import { chownSync } from 'node:fs'
import { environment, lastFields, posts, useGitlab } from '../helpers/gitlab.ts'
import { refuses } from '../helpers/refusal.ts'
import { run, runIn, type Result } from '../helpers/run.ts'
import { newWorld } from '../helpers/world.ts'
import { useTokenFiles, withoutToken } from '../helpers/token-file.ts'

const gitlab = useGitlab()

const write = useTokenFiles()
const target = (): Record<string, string> => withoutToken(gitlab())

/** Where a token can stand, and what that makes of the line and the world. */
type Place = (text: string | Buffer) => {
  line: string[]
  env?: Record<string, string>
  stdin?: string | Buffer
}

const inFiles: Record<string, Place> = {
  '--token-file': (text) => ({ line: ['--token-file', write('token', text)] }),
  '--token-file -': (text) => ({ line: ['--token-file', '-'], stdin: text }),
  '--token-stdin': (text) => ({ line: ['--token-stdin'], stdin: text }),
  GITLAB_TRIGGER_TOKEN_FILE: (text) => ({
    line: [],
    env: { GITLAB_TRIGGER_TOKEN_FILE: write('token', text) },
  }),
}
const apiToken: Record<string, Place> = {
  '--api-token-file': (text) => ({
    line: ['--api-token-file', write('token', text)],
    env: { GITLAB_TRIGGER_TOKEN: gitlab().tokens.trigger },
  }),
}
const typed: Record<string, Place> = {
  '--token': (text) => ({ line: [`--token=${text.toString()}`] }),
  GITLAB_TRIGGER_TOKEN: (text) => ({ line: [], env: { GITLAB_TRIGGER_TOKEN: text.toString() } }),
}

function runAt(place: Place, text: string | Buffer): Promise<Result> {
  const { line, env, ...rest } = place(text)
  return run(line, { ...rest, env: { ...target(), ...env } })
}

const canary = 'c4n4ry'
const badTexts: [name: string, text: string][] = [
  ['a blank', ' '],
  ['a blank inside', `${canary} x`],
  ['a blank before', ` ${canary}`],
  ['a blank behind', `${canary} \n`],
  ['two lines', `${canary}\n${canary}\n`],
  ['an empty line behind', `${canary}\n\n`],
  ['a tab', `${canary}\tx`],
  ['a letter that is not ASCII', `${canary}é`],
  ['NUL', `${canary}\0`],
  ['1 MB', canary.repeat(170_000)],
]
const badBytes: [name: string, bytes: string | Buffer][] = [
  ['nothing', ''],
  ['a line end', '\n'],
  ['a byte order mark', '\uFEFF'],
  ['bytes that are no UTF-8', Buffer.from(`${canary}é`, 'latin1')],
]

describe('a token that is none (T41, T43)', () => {
  const refused = async (name: string, place: Place, text: string | Buffer): Promise<void> => {
    const { code, stdout, stderr } = await runAt(place, text)
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(stderr).toContain(name)
    expect(stderr).toContain('No pipeline was created.\n')
    expect(stderr).not.toContain(canary)
    expect(gitlab().requests).toEqual([])
  }
  describe.each(Object.entries({ ...inFiles, ...apiToken, ...typed }))('%s', (name, place) => {
    test.each(badTexts)('%s', (_, text) => refused(name, place, text))
  })
  describe.each(Object.entries({ ...inFiles, ...apiToken }))('%s', (name, place) => {
    test.each(badBytes)('%s', (_, bytes) => refused(name, place, bytes))
  })
  test('--token= with nothing', () => refused('--token', typed['--token']!, ''))
})

describe('what surrounds a token is not part of it (T43)', () => {
  const around: [name: string, dress: (token: string) => string][] = [
    ['LF', (token) => `${token}\n`],
    ['CR LF', (token) => `${token}\r\n`],
    ['a byte order mark', (token) => `\uFEFF${token}`],
    ['both', (token) => `\uFEFF${token}\r\n`],
    ['nothing', (token) => token],
  ]
  describe.each(Object.entries({ ...inFiles, ...typed }))('%s', (_, place) => {
    test.each(around)('%s', async (_, dress) => {
      const { trigger } = gitlab().tokens
      expect(await runAt(place, dress(trigger))).toMatchObject({ code: 0, stdout: '4711\n', stderr: '' })
      expect(lastFields(gitlab())['token']).toBe(trigger)
    })
  })
})

refuses('a token file that cannot be used', [
  ['--token-file missing', ['--token-file', 'missing', 'does not exist']],
  ['--token-file {}', ['--token-file', '{}', 'directory']],
  ['--token-file /dev/null', ['--token-file', '/dev/null', 'not a regular file']],
  ['--token-file=', '--token-file'],
  ['--api-token-file missing', ['--api-token-file', 'missing', 'does not exist']],
  [
    '',
    ['GITLAB_TRIGGER_TOKEN_FILE', 'missing', 'does not exist'],
    {
      name: 'missing, from the environment',
      env: { GITLAB_TRIGGER_TOKEN: undefined, GITLAB_TRIGGER_TOKEN_FILE: 'missing' },
    },
  ],
])

describe('the mode of a token file (T44)', () => {
  const places: [flag: string, (path: string) => [string[], Record<string, string>]][] = [
    ['--token-file', (path) => [['--token-file', path], {}]],
    ['GITLAB_TRIGGER_TOKEN_FILE', (path) => [[], { GITLAB_TRIGGER_TOKEN_FILE: path }]],
    [
      '--api-token-file',
      (path) => [['--api-token-file', path], { GITLAB_TRIGGER_TOKEN: gitlab().tokens.trigger }],
    ],
  ]
  describe.each(places)('%s', (flag, place) => {
    test.each([0o644, 0o666, 0o604, 0o602, 0o777])('%o is refused', async (mode) => {
      const path = write('token', gitlab().tokens.trigger, mode)
      const [line, env] = place(path)
      const { code, stdout, stderr } = await run(line, { env: { ...target(), ...env } })
      expect({ code, stdout }).toEqual({ code: 14, stdout: '' })
      for (const part of [
        flag,
        path,
        `0${mode.toString(8)}`,
        `chmod 600 ${path}`,
        'No pipeline was created.\n',
      ]) {
        expect(stderr).toContain(part)
      }
      expect(stderr).not.toContain(gitlab().tokens.trigger)
      expect(gitlab().requests).toEqual([])
    })

    test.each([0o600, 0o400])('%o is right', async (mode) => {
      const [line, env] = place(write('token', gitlab().tokens.trigger, mode))
      expect(await run(line, { env: { ...target(), ...env } })).toMatchObject({ code: 0, stdout: '4711\n' })
    })

    test('0666 is what a runner gives a file variable in a CI job', async () => {
      const [line, env] = place(write('token', gitlab().tokens.trigger, 0o666))
      const options = { env: { ...target(), ...env, GITLAB_CI: 'true' } }
      expect(await run(line, options)).toMatchObject({ code: 0, stdout: '4711\n' })
    })
  })
})

describe('the owner of a token file (T44, T15)', () => {
  const isRoot = process.getuid?.() === 0
  const me = isRoot ? 1234 : (process.getuid?.() ?? 0)

  /** Runs as the user `uid`, with a token in a file that belongs to `owner`. */
  function runAs(uid: number, owner: number, mode: number): Promise<Result> {
    const path = write('token', gitlab().tokens.trigger, mode)
    if (isRoot) chownSync(path, owner, owner)
    const world = newWorld({ env: target() })
    world.context.uid = uid
    return runIn(world, ['--token-file', path])
  }

  test.each([0o640, 0o660, 0o620, 0o610, 0o604])(
    '%o, my own: my group may not touch it either',
    async (mode) => {
      const { code, stderr } = await runAs(me, me, mode)
      expect(code).toBe(14)
      expect(stderr).toContain(`0${mode.toString(8)}`)
      expect(gitlab().requests).toEqual([])
    },
  )

  test('0600, of somebody else', async () => {
    const { code, stderr } = await runAs(me + 1, me, 0o600)
    expect(code).toBe(14)
    expect(stderr).toContain('another user')
    expect(gitlab().requests).toEqual([])
  })

  test.each([0o600, 0o400])('%o, my own', async (mode) => {
    expect(await runAs(me, me, mode)).toMatchObject({ code: 0, stdout: '4711\n' })
  })

  const asRoot = isRoot ? test : test.skip
  asRoot.each([0o440, 0o640])('%o, of root: a mounted secret', async (mode) => {
    expect(await runAs(me, 0, mode)).toMatchObject({ code: 0, stdout: '4711\n' })
  })
})

describe('standard input stays unread unless asked for (T102)', () => {
  test.each(['', '--verbose', '--var A=1', '--dry-run', '--curl', '--bogus', '--token-file missing'])(
    '%s',
    async (line) => {
      const options = { env: { ...environment(gitlab()).env, GITLAB_TRIGGER_REF: 'master' }, stdin: 'B=2\n' }
      const { world } = await run(line, options)
      expect(world.wasStdinRead()).toBe(false)
      expect(posts(gitlab()).flatMap(({ fields }) => fields.map(([name]) => name))).not.toContain(
        'variables[B]',
      )
    },
  )
})
