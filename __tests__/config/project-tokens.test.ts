import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import type { Sandbox } from '../../src/sandbox/server.ts'
import { lastFields, posts, useGitlab } from '../helpers/gitlab.ts'
import { useHome } from '../helpers/home.ts'
import { run, type Result } from '../helpers/run.ts'

// A trigger token belongs to a project, so that the config binds it to one.

const gitlab = useGitlab()
const other = useGitlab()
const home = useHome()

/** Two servers, whose tokens are those of three projects of each. */
function config(...more: string[]): string {
  const server = (name: string, { url, tokens }: Sandbox): string[] => [
    `  ${name}:`,
    `    url: ${url}`,
    `    ref: master`,
    `    projects:`,
    `      seed/app: { id: 9, token: ${tokens.trigger}, variables: { FROM: app } }`,
    `      "11": { tokenFile: ${name}-deep.token, ref: main }`,
    `      seed/docs:`,
    `        tokenEnv: DOCS_TOKEN`,
    `        ref: main`,
  ]
  home().write('home/.config/gitlab-trigger/work-deep.token', gitlab().tokens.otherTrigger)
  home().write('home/.config/gitlab-trigger/away-deep.token', other().tokens.otherTrigger)
  return home().config(
    ['default: work', 'servers:', ...server('work', gitlab()), ...server('away', other()), ...more, ''].join(
      '\n',
    ),
  )
}

const typed = (line: string, env: Record<string, string> = {}): Promise<Result> =>
  run(line, home().world({ env }))

/** The project and the token of each POST. */
const sent = (sandbox: Sandbox): [project: string, token: string | undefined][] =>
  posts(sandbox).map(({ path, fields }) => [
    decodeURIComponent(/projects\/([^/]+)\//.exec(path)?.[1] ?? ''),
    fields.find(([name]) => name === 'token')?.[1].toString(),
  ])

describe('a run takes the token of its project', () => {
  // prettier-ignore
  const rows: [line: string, project: string, token: 'trigger' | 'otherTrigger' | 'publicTrigger', ref: string][] = [
    ['-p seed/app', 'seed/app', 'trigger', 'master'],
    ['-p Seed/App', 'Seed/App', 'trigger', 'master'],
    ['-p 9', '9', 'trigger', 'master'],
    ['-p 11', '11', 'otherTrigger', 'main'],
    ['-p 11 -r master', '11', 'otherTrigger', 'master'],
    ['-p seed/docs', 'seed/docs', 'publicTrigger', 'main'],
    ['-s work -p seed/app -r develop', 'seed/app', 'trigger', 'develop'],
  ]
  test.each(rows)('%s', async (line, project, token, ref) => {
    config()
    const { tokens } = gitlab()
    const { code } = await typed(`run ${line}`, { DOCS_TOKEN: tokens.publicTrigger })
    const [post] = sent(gitlab())
    expect(post).toEqual([project, tokens[token]])
    expect(lastFields(gitlab())['ref']).toBe(ref)
    expect(lastFields(gitlab())['variables[FROM]']).toBe(token === 'trigger' ? 'app' : undefined)
    expect([0, 4, 5]).toContain(code)
  })

  test('what is given counts more', async () => {
    config()
    await typed('run -p seed/app', { GITLAB_TRIGGER_TOKEN: gitlab().tokens.colleagueTrigger })
    expect(sent(gitlab())).toEqual([['seed/app', gitlab().tokens.colleagueTrigger]])
  })

  test('the token of the server is that of its other projects', async () => {
    home().config(
      `servers: { w: { url: ${gitlab().url}, token: ${gitlab().tokens.trigger}, projects: { "11": { token: ${gitlab().tokens.otherTrigger} } } } }`,
    )
    await typed('run -s w -p 9 -r master')
    await typed('run -s w -p 11 -r main')
    expect(sent(gitlab())).toEqual([
      ['9', gitlab().tokens.trigger],
      ['11', gitlab().tokens.otherTrigger],
    ])
  })

  test.each(['group/site', '12', '"-x/y"'])(
    'none for %s: said with what to do, and nothing is sent',
    async (project) => {
      config()
      const { code, stdout, stderr } = await run(
        ['run', '-p', project.replaceAll('"', ''), '-r', 'main'],
        home().world(),
      )
      expect({ code, stdout, sent: gitlab().requests }).toEqual({ code: 2, stdout: '', sent: [] })
      if (project.startsWith('"')) return
      expect(stderr).toContain(`no trigger token for ${project} on work\n`)
      expect(stderr).toContain(
        `gitlab-trigger config edit-token work --project ${project}. Or set GITLAB_TRIGGER_TOKEN`,
      )
    },
  )
})

describe('recipes and their targets', () => {
  test('a target over another project, on another server, takes the token of that', async () => {
    config(
      'recipes:',
      '  all:',
      '    targets:',
      '      - { project: 9 }',
      `      - { project: 11, server: away, ref: master }`,
      `      - { project: seed/docs, server: away, ref: master, tokenEnv: SITE_TOKEN }`,
    )
    const { code, stdout } = await typed('run all', { SITE_TOKEN: other().tokens.publicTrigger })
    expect({ code, ids: stdout.split('\n').length }).toEqual({ code: 0, ids: 4 })
    expect(sent(gitlab())).toEqual([['9', gitlab().tokens.trigger]])
    expect(sent(other())).toEqual([
      ['11', other().tokens.otherTrigger],
      ['seed/docs', other().tokens.publicTrigger],
    ])
  })

  test('one without a token stops all of them', async () => {
    config('recipes:', '  all:', '    targets: [{ project: 9 }, { project: 12, ref: x }]')
    const { code, stdout, stderr } = await typed('run all')
    expect({ code, stdout, sent: gitlab().requests }).toEqual({ code: 2, stdout: '', sent: [] })
    expect(stderr).toContain('no trigger token for 12 on work\n')
  })

  test('that of a recipe counts more than that of the project, and is inherited', async () => {
    config(
      'recipes:',
      `  base: { server: work, project: seed/app, token: ${gitlab().tokens.colleagueTrigger} }`,
      '  nightly: { extends: base, ref: develop }',
    )
    expect((await typed('run nightly')).code).toBe(0)
    expect(sent(gitlab())).toEqual([['seed/app', gitlab().tokens.colleagueTrigger]])
  })

  // prettier-ignore
  test.each([
    ['another server', '-s away', 'no trigger token for 12 on away'],
    ['another project', '-p 10', 'no trigger token for 10 on work'],
  ])('it is good for its own server and project only: %s', async (_, flags, says) => {
    config('recipes:', `  r: { server: work, project: 12, ref: main, token: ${gitlab().tokens.colleagueTrigger} }`)
    const { code, stderr } = await typed(`run r ${flags}`)
    expect({ code, here: gitlab().requests, there: other().requests }).toEqual({ code: 2, here: [], there: [] })
    expect(stderr).toContain(says)
  })
})

describe('config files', () => {
  test('a file with a token anywhere is for its user alone', async () => {
    for (const text of [
      'servers: { w: { url: "https://x.example.com", projects: { "9": { token: aaaaaaaaaaaaaaaaaaaa } } } }',
      'recipes: { r: { token: aaaaaaaaaaaaaaaaaaaa } }',
      'recipes: { r: { targets: [{ token: aaaaaaaaaaaaaaaaaaaa }] } }',
    ]) {
      home().config(text, 'config.yaml', 0o644)
      expect(await typed('config show')).toMatchObject({ code: 14 })
    }
  })

  // prettier-ignore
  test.each([
    ['recipes: { r: { tokenFile: x } }', 'recipes.r.tokenFile'],
    ['recipes: { r: { targets: [{ tokenCommand: [evil] }] } }', 'recipes.r.targets.0.tokenCommand'],
    ['recipes: { r: { targets: [{ server: "https://evil.example.com" }] } }', 'recipes.r.targets.0.server'],
  ])("a project's own file names no token and no address: %s", async (text, key) => {
    home().write('work/checkout/.gitlab-triggerrc.yaml', text)
    expect(await typed('config trust')).toMatchObject({ code: 14, stderr: expect.stringContaining(key) as string })
  })

  test('config show tells which', async () => {
    config()
    expect((await typed('config show -p 11')).stdout).toMatch(
      /^token = \(set, from file \S+work-deep\.token \(/m,
    )
    expect((await typed('config show -p 12 -r x')).stdout).toMatch(/^token = \(not set\)$/m)
  })
})

describe('config edit-token --project', () => {
  const store = async (project: string): Promise<Result> =>
    run(
      ['config', 'edit-token', 'work', '--project', project],
      home().world({ stdin: `${gitlab().tokens.otherTrigger}\n` }),
    )

  // prettier-ignore
  const rows: [name: string, config: string, project: string, becomes: RegExp, file: string][] = [
    ['a new project', 'servers:\n  # mine\n  work:\n    url: URL\n', 'seed/docs', /\n {2}# mine\n {2}work:\n {4}url: \S+\n {4}projects:\n {6}seed\/docs:\n {8}tokenFile: \S+\n$/, 'work.seed%2Fdocs.token'],
    ['beside others', 'servers:\n  work:\n    url: URL\n    projects:\n      # the app\n      seed/app:\n        ref: master # kept\n', '11', /# the app\n {6}seed\/app:\n {8}ref: master # kept\n {6}"11":\n {8}tokenFile: \S+\n$/, 'work.11.token'],
    ['one that is there', 'servers:\n  work:\n    projects:\n      seed/app:\n        ref: master # kept\n    url: URL\n', 'seed/app', /seed\/app:\n {8}ref: master # kept\n {8}tokenFile: \S+\n {4}url: /, 'work.seed%2Fapp.token'],
    ['one that is known by its number', 'servers:\n  work:\n    url: URL\n    projects:\n      seed/app:\n        id: 9\n', '9', /seed\/app:\n {8}id: 9\n {8}tokenFile: \S+\n$/, 'work.seed%2Fapp.token'],
    ['projects that are empty', 'servers:\n  work:\n    url: URL\n    projects:\n      # none yet\n', '9', /projects:\n {6}"9":\n {8}tokenFile: \S+\n {6}# none yet\n/, 'work.9.token'],
    ['a page of the project', 'servers:\n  work:\n    url: URL\n', 'URL/seed/docs', /seed\/docs:\n/, 'work.seed%2Fdocs.token'],
    ['JSON', '{ "servers": { "work": { "url": "URL" } } }', '9', /"work": \{ "url": "\S+", "projects": \{"9":\{"tokenFile":"\S+"\}\} \}/, 'work.9.token'],
    ['JSON in lines', '{\n  "servers": {\n    "work": {\n      "url": "URL"\n    }\n  }\n}\n', '9', /\n {6}"projects": \{\n {8}"9": \{\n {10}"tokenFile": "/, 'work.9.token'],
    ['flow YAML', 'servers: { work: { url: "URL" } } # mine\n', '9', /^servers: \{ work: \{ url: "\S+", projects: \{ "9": \{ tokenFile: \S+ \} \} \} \} # mine\n$/, 'work.9.token'],
  ]
  test.each(rows)('%s', async (_, text, project, becomes, name) => {
    const path = home().config(
      text.replace('URL', gitlab().url),
      text.startsWith('{') ? 'config.json' : 'config.yaml',
    )
    const { code, stderr } = await store(project.replace('URL', gitlab().url))
    expect({
      code,
      stderr: stderr.replace(
        /^Stored in \S+, for project .* on work only\.\nNext: gitlab-trigger doctor -s work -p \S+\n$/,
        '',
      ),
    }).toEqual({
      code: 0,
      stderr: '',
    })
    expect(readFileSync(path, 'utf8')).toMatch(becomes)
    const file = join(home().folder, name)
    expect(statSync(file).mode & 0o777).toBe(0o600)
    expect(readFileSync(file, 'utf8')).toBe(`${gitlab().tokens.otherTrigger}\n`)
    // The second time it is the file that is replaced.
    const before = readFileSync(path, 'utf8')
    expect((await store(project.replace('URL', gitlab().url))).code).toBe(0)
    expect(readFileSync(path, 'utf8')).toBe(before)
  })

  test('an API token is one of the server', async () => {
    config()
    expect(await typed('config edit-token work --api --project 9')).toMatchObject({ code: 2 })
  })

  test('then a run works', async () => {
    home().config(`servers:\n  work:\n    url: ${gitlab().url}\n`)
    await store('11')
    const { code } = await typed('run -s work -p 11 -r master')
    expect(sent(gitlab())).toEqual([['11', gitlab().tokens.otherTrigger]])
    expect(code).toBe(0)
  })
})

describe('a project that the config knows by its other name only', () => {
  const bare = (project: string, ...more: string[]): string =>
    home().config(
      [
        'servers:',
        '  work:',
        `    url: ${gitlab().url}`,
        '    projects:',
        `      "${project}": { token: ${gitlab().tokens.trigger} }`,
        ...more.map((line) => `    ${line}`),
        '',
      ].join('\n'),
    )

  test.each<[named: string, typed: string, said: string]>([
    [
      'seed/app',
      '9',
      'The config names seed/app; if that is this project, give it so, or once: gitlab-trigger config set servers.work.projects.seed/app.id 9. ',
    ],
    ['9', 'seed/app', 'The config names 9; if that is this project, give it so. Store it: '],
    ['seed/docs', 'seed/app', 'no trigger token for seed/app on work\nNo pipeline was created.\nStore it: '],
  ])('%s, typed as %s: the error says what to do', async (named, project, said) => {
    bare(named)
    const { code, stderr } = await typed(`run -s work -p ${project} -r master`)
    expect(code).toBe(2)
    expect(stderr).toContain(said)
    expect(gitlab().requests).toEqual([])
  })

  test('the line that it names makes it known', async () => {
    bare('seed/app')
    expect((await typed('config set servers.work.projects.seed/app.id 9')).code).toBe(0)
    expect((await typed('run -s work -p 9 -r master')).code).toBe(0)
  })

  test('with another token, which is none of that project: an API token tells the other name', async () => {
    bare('seed/app', `apiToken: ${gitlab().tokens.api}`)
    const { code, stderr } = await typed('run -s work -p 9 -r master', {
      GITLAB_TRIGGER_TOKEN: gitlab().tokens.otherTrigger,
    })
    expect(code).toBe(4)
    expect(stderr.replace(/\s+/g, ' ')).toContain(
      'The config knows it by its other name: --project seed/app.',
    )
  })
})
