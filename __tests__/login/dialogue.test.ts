import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { closedPortUrl } from '../helpers/run-against.ts'
import { dialogue, keys, type Step } from '../helpers/dialogue.ts'
import { lastFields, posts, useGitlab } from '../helpers/gitlab.ts'
import { leaksBelow, useHome } from '../helpers/home.ts'
import { run, type Result } from '../helpers/run.ts'

// login at a terminal: each question, its answers, and what is written in the end.

const gitlab = useGitlab()
const home = useHome()
const { enter, down, ctrlC } = keys

const own = (name = 'config.yaml'): string => join(home().folder, name)
const text = (): string => readFileSync(own(), 'utf8').replaceAll(gitlab().url, 'URL')
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8)

const login = (steps: readonly Step[], line = 'login'): ReturnType<typeof dialogue> =>
  dialogue(line, steps, home().world({ tty: ['stdin', 'stderr'] }))

const address = (url = gitlab().url): Step => ['Address of GitLab', `${url}${enter}`]
const name: Step = ['Name for it', `\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7f\x7fwork${enter}`]
const noApiToken: Step = ['? API token', enter]
const apiToken = (): Step => ['? API token', `${gitlab().tokens.api}${enter}`]
const project: Step = ['Project (number', `seed/app${enter}`]
const pasted = (token = gitlab().tokens.trigger): Step => ['seed/app (not shown)', `${token}${enter}`]
const ref: Step = ['Branch or tag', `master${enter}`]
const write: Step = ['Write it?', enter]

describe('login at a terminal', () => {
  test('without an API token: address, name, project, trigger token, ref', async () => {
    const { code, stdout, screen } = await login([address(), name, noApiToken, project, pasted(), ref, write])
    expect({ code, stdout }).toEqual({ code: 0, stdout: '' })
    expect(screen).toContain(`GitLab answers at ${gitlab().url} (API v4).`)
    expect(screen).toContain('Try it: gitlab-trigger -s work -p seed/app -r master --dry-run\n')
    expect(screen).toMatch(/ok trigger +the token is valid for project seed\/app/)
    expect(screen).not.toContain(gitlab().tokens.trigger)
    expect(text()).toMatch(/^# yaml-language-server: \$schema=\S+\/config-schema\.json\n/)
    expect(text().split('\n').slice(1)).toEqual([
      'default: work # the server that is used when none is given',
      'servers:',
      '  work:',
      '    url: URL # the address of GitLab; a path prefix is kept',
      '    project: seed/app # the project that is used when none is given',
      '    projects:',
      '      seed/app:',
      '        tokenFile: work.seed%2Fapp.token # its trigger token',
      '        ref: master # the branch or tag that is used when none is given',
      '',
    ])
    expect(readdirSync(home().folder).map((each) => [each, modeOf(own(each))])).toEqual([
      ['config.yaml', '600'],
      ['work.seed%2Fapp.token', '600'],
    ])
    expect(leaksBelow(home().root, gitlab().tokens.trigger, [own('work.seed%2Fapp.token')])).toEqual([])
    // And it works.
    expect(await run('run', home().world())).toMatchObject({ code: 0, stdout: '4711\n', stderr: '' })
    expect(lastFields(gitlab())).toMatchObject({ ref: 'master', token: gitlab().tokens.trigger })
  })

  test('with an API token: who it is, projects and refs by type-ahead, a trigger token is created', async () => {
    const { code, screen } = await login([
      address(),
      name,
      apiToken(),
      // GitLab finds nothing for a letter or two of a name.
      ['> seed/', 'c'],
      ['> seed/docs (10)', enter],
      ['> create one', enter],
      ['> master', 'v1'],
      ['> v1.0.0', enter],
      write,
    ])
    expect({ code, screen }).toMatchObject({ code: 0 })
    expect(screen).toContain('The API token acts as seed, with the scope api.')
    expect(screen).not.toContain(gitlab().tokens.api)
    const created = posts(gitlab()).find(({ path }) => path.endsWith('/triggers'))
    expect(created?.fields.map(([key, value]) => [key, value.toString()])).toEqual([
      ['description', 'gitlab-trigger login on here'],
    ])
    expect(text()).toContain('    apiTokenFile: work.api-token # ')
    expect(text()).toContain('      seed/docs:\n        id: 10 # its number\n        tokenFile: ')
    expect(text()).toContain('        ref: v1.0.0 # ')
    expect(readFileSync(own('work.api-token'), 'utf8')).toBe(`${gitlab().tokens.api}\n`)
    expect(readFileSync(own('work.seed%2Fdocs.token'), 'utf8')).toMatch(/^glptt-\S+\n$/)
    expect((await run('run', home().world())).code).toBe(0)
  })

  test('a token that is pasted into the list is not shown, and asked for where it is taken', async () => {
    const token = gitlab().tokens.trigger
    const { code, screen } = await login([
      address(), name, apiToken(), ['> seed/', 'seed/app'], ['> seed/app (9)', enter],
      ['> create one', token], ['The text typed here is not used.', enter],
      pasted(), ['> master', enter], write,
    ]) // prettier-ignore
    expect({ code, screen }).toMatchObject({ code: 0 })
    expect(screen).not.toMatch(/Trigger token of seed\/app g/)
    expect(screen).not.toContain(token.slice(0, 8))
    expect(readFileSync(own('work.seed%2Fapp.token'), 'utf8')).toBe(`${token}\n`)
  })

  test('what is wrong is said, and asked again', async () => {
    const closed = await closedPortUrl()
    const { code, screen } = await login([
      address('not a url'),
      ['> --url:', `${'\x7f'.repeat(9)}${closed}${enter}`],
      ['was not reached', `${'\x7f'.repeat(closed.length)}${gitlab().url}${enter}`],
      ['Name for it', `a b${enter}`],
      ['is not a name of letters', `${'\x7f'.repeat(3)}work${enter}`],
      ['? API token', `${gitlab().tokens.expired}${enter}`],
      // What is not shown is not kept either: the next answer is the whole one.
      ['> the API token cannot be used', ''],
      ['? API token', enter],
      ['Project (number', `seed${enter}`],
      ['> project:', `/app${enter}`],
      pasted('glptt-wrong-wrong-wrong-wr'),
      ['> GitLab answered 404', ''],
      pasted(),
      ref,
      write,
    ])
    expect({ code, screen }).toMatchObject({ code: 0 })
  })

  test.each<[title: string, steps: () => Step[]]>([
    ['at the first question', () => [['Address of GitLab', ctrlC]]],
    ['at a hidden one', () => [address(), name, noApiToken, project, ['? Trigger token of', ctrlC]]],
    ['at the last one', () => [address(), name, noApiToken, project, pasted(), ref, ['Write it?', ctrlC]]],
  ])('Ctrl-C %s: exit 130, and nothing is written', async (_, steps) => {
    const { code, stdout, screen } = await login(steps())
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' })
    expect(screen).toContain('stopped by SIGINT')
    expect(existsSync(home().folder)).toBe(false)
  })

  test('no at the end: nothing is written, and no token is created', async () => {
    const { code, screen } = await login([
      address(), name, apiToken(), ['> seed/', 'seed/app'], ['> seed/app (9)', enter], ['> create one', enter], ['> master', enter], ['Write it?', `n${enter}`],
    ]) // prettier-ignore
    expect(code).toBe(2)
    expect(screen).toContain('nothing was written: not confirmed')
    expect(existsSync(home().folder)).toBe(false)
    expect(posts(gitlab())).toEqual([])
  })

  test('again: the entry is changed, comments and other keys stay', async () => {
    const before = `# mine
servers:
  work:   # at the office
    timeout: 2m   # slow
    url: ${gitlab().url}
    projects:
      # the app
      9: { ref: master, tokenFile: old.token }
  other: { url: 'https://other.example.com' }
`
    home().config(before)
    home().write('home/.config/gitlab-trigger/old.token', 'an-old-token')
    const { code, screen } = await login([
      address(), ['(work)', enter], apiToken(), ['> seed/', '9'], ['> seed/app (9)', enter],
      ['> keep the one', down], ['> create one', down], ['> paste one', enter], pasted(), ['> master', enter], write,
    ]) // prettier-ignore
    expect({ code, screen }).toMatchObject({ code: 0 })
    const after = readFileSync(own(), 'utf8')
    for (const line of before.split('\n').filter((each) => !each.includes('9:')))
      expect(after).toContain(line)
    expect(after).toContain('9: { ref: master, tokenFile: old.token }\n')
    expect(after).toContain('    apiTokenFile: work.api-token # ')
    expect(readFileSync(own('old.token'), 'utf8')).toBe(`${gitlab().tokens.trigger}\n`)
    // A third time everything may stay as it is.
    const third: Result = await login([
      address(), ['(work)', enter], ['Keep the API token', enter], ['> seed/', '9'], ['> seed/app (9)', enter], ['> keep the one', enter], ['> master', enter], write,
    ]) // prettier-ignore
    expect(third.code).toBe(0)
    expect(readFileSync(own(), 'utf8')).toBe(after)
  })

  test('a ref that is not there yet', async () => {
    const { code, screen } = await login(
      [
        ['Name for it', enter],
        apiToken(),
        ['> create one', enter],
        ['> master', 'next'],
        ['> next (as typed)', enter],
        write,
      ],
      `login --url ${gitlab().url} -p 9`,
    )
    // All is written; the check of it says what is missing yet.
    expect(code).toBe(5)
    expect(screen).toMatch(/no ref +there is no branch or tag "next"/)
    expect(text()).toContain('        ref: next # ')
  })

  test('flags are not asked for', async () => {
    const { code } = await login(
      [
        ['Name for it', enter],
        noApiToken,
        ['? Trigger token of 9', `${gitlab().tokens.trigger}${enter}`],
        write,
      ],
      `login --url ${gitlab().url} -p 9 -r master`,
    )
    expect(code).toBe(0)
    expect(text()).toContain('  "127.0.0.1":\n    url: URL')
  })
})
