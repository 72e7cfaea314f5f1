import { dialogue, keys, type Step } from '../helpers/dialogue.ts'
import { lastFields, posts, useGitlab } from '../helpers/gitlab.ts'
import { serverYaml, useHome } from '../helpers/home.ts'
import { run } from '../helpers/run.ts'

// run --interactive at a terminal: what is asked, what is not, and what is sent in the end.

const gitlab = useGitlab()
const home = useHome()
const { enter, down, ctrlC } = keys

/** What is seen after `run -i` with these answers. */
const ask = (line: string, steps: readonly Step[]): ReturnType<typeof dialogue> =>
  dialogue(line, steps, home().world({ tty: ['stdin', 'stderr'] }))

/** A config with one server, an API token and the token of one project. */
const configured = (...lines: string[]): void => {
  home().write('home/.config/gitlab-trigger/api', `${gitlab().tokens.api}\n`)
  home().write('home/.config/gitlab-trigger/token', `${gitlab().tokens.trigger}\n`)
  home().config(
    serverYaml(
      gitlab(),
      'apiTokenFile: api',
      'projects:',
      '  seed/app:',
      '    id: 9',
      '    tokenFile: token',
      ...lines,
    ),
  )
}

const noVariables: Step = ['Variable KEY=VALUE', enter]
const defaults: Step[] = [
  ['Input environment', enter],
  ['Input replicas', enter],
  ['Input dry', enter],
  ['Input regions', enter],
]
const yes: Step = ['Start this pipeline?', `y${enter}`]

describe('run --interactive asks for', () => {
  test('project and ref from lists, variables, inputs; shows the line; starts on yes', async () => {
    configured()
    const { code, stdout, screen } = await ask('run -i', [
      ['> seed/app', enter],
      ['> master', 'dev'],
      ['> develop', enter],
      ['Variable KEY=VALUE', `A=it's${enter}`],
      ["A=it's\n? Variable KEY=VALUE", enter],
      ['Input environment (string, empty: its default)', `prod${enter}`],
      ['Input replicas (number) (1)', `three${enter}`],
      ['that is not a number, such as 3 or 1.5', `\x7f\x7f\x7f\x7f\x7f3${enter}`],
      ['> false (default)', `${down}${enter}`],
      ['Input regions (array) ([])', `["a","b"]${enter}`],
      yes,
    ])
    expect({ code, stdout }).toEqual({ code: 0, stdout: '4711\n' })
    expect(screen).toContain(
      'This does the same without questions:\n' +
        `gitlab-trigger run --project seed/app --ref develop --var 'A=it'\\''s' --input 'environment=prod' --input-json 'replicas=3' --input-json 'dry=true' --input-json 'regions=["a","b"]'\n`,
    )
    expect(lastFields(gitlab())).toMatchObject({
      ref: 'develop',
      'variables[A]': "it's",
      'inputs[environment]': 'prod',
      'inputs[replicas]': '3',
      'inputs[dry]': 'true',
      'inputs[regions]': '["a","b"]',
    })
    expect(posts(gitlab())).toHaveLength(1)
  })

  test('nothing that flags have said; a default that is kept is not sent', async () => {
    configured()
    const line = 'run -i --project seed/app --ref master --var A=1 --input environment=x'
    const { code, screen } = await ask(line, [
      noVariables,
      ['Input replicas', enter],
      ['Input dry', enter],
      ['Input regions', enter],
      yes,
    ])
    expect({ code, screen }).toMatchObject({ code: 0 })
    expect(screen).not.toMatch(/\? (Project|Branch or tag|Input environment)/)
    const fields = lastFields(gitlab())
    delete fields['gitlab_trigger_id']
    expect(fields).toEqual({
      token: gitlab().tokens.trigger,
      ref: 'master',
      'variables[A]': '1',
      'inputs[environment]': 'x',
    })
  })

  test('a server where there are several, and a recipe where there are any', async () => {
    configured()
    home().config(
      `default: work\nservers:\n  other: { url: https://other.example.com }\n  work:\n    url: ${gitlab().url}\n    projects: { seed/app: { tokenFile: token } }\nrecipes:\n  nightly: { server: work, project: seed/app, ref: master }\n`,
    )
    const steps: Step[] = [
      ['Recipe', enter],
      ['> work', enter],
      ['> seed/app', enter],
      ['Branch or tag', `master${enter}`],
      noVariables,
      yes,
    ]
    const without = await ask('run -i', steps)
    expect({ code: without.code, screen: without.screen }).toMatchObject({ code: 0 })
    expect(without.screen).toContain(
      'Inputs are not asked for: reading what the CI file declares needs an API token',
    )
    expect(without.screen).toContain('gitlab-trigger run --server work --project seed/app --ref master\n')
    const recipe = await ask('run -i', [['Recipe', down], ['> nightly', enter], noVariables, yes])
    expect({ code: recipe.code, screen: recipe.screen }).toMatchObject({ code: 0 })
    expect(recipe.screen).toContain('\ngitlab-trigger run nightly\n')
  })

  test('a project that nobody has listed, as it is typed, without an API token', async () => {
    home().config(serverYaml(gitlab()))
    const { code, screen } = await dialogue(
      'run -i',
      [
        ['Project (number', `seed${enter}`],
        ['> project:', `/app${enter}`],
        ['Branch or tag', `a b${enter}`],
        ['> --ref:', `${'\x7f'.repeat(3)}master${enter}`],
        noVariables,
        yes,
      ],
      home().world({ tty: ['stdin', 'stderr'], env: { GITLAB_TRIGGER_TOKEN: gitlab().tokens.trigger } }),
    )
    expect({ code, screen }).toMatchObject({ code: 0 })
    expect(screen).not.toContain(gitlab().tokens.trigger)
  })

  test('variables only, of a recipe with several targets', async () => {
    configured()
    home().config(
      `default: work\nservers:\n  work:\n    url: ${gitlab().url}\n    projects: { seed/app: { tokenFile: token } }\nrecipes:\n  two: { project: seed/app, targets: [{ ref: master }, { ref: develop }] }\n`,
    )
    const { code, screen } = await ask('run two -i', [
      ['Variable KEY=VALUE', `A=1${enter}`],
      ['A=1\n? Variable KEY=VALUE', enter],
      ['Start these 2 pipelines?', `y${enter}`],
    ])
    expect({ code, screen }).toMatchObject({ code: 0 })
    expect(posts(gitlab())).toHaveLength(2)
  })
})

describe('run --interactive sends nothing', () => {
  test.each<[title: string, answer: string]>([
    ['after no', `n${enter}`],
    ['after Enter alone', enter],
  ])('%s: exit 2', async (_, answer) => {
    configured()
    const { code, stdout, screen } = await ask('run -i -p seed/app -r master', [
      noVariables,
      ...defaults,
      ['Start this pipeline?', answer],
    ])
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
    expect(screen).toContain('gitlab-trigger: not triggered: not confirmed\nNo pipeline was created.\n')
    expect(posts(gitlab())).toEqual([])
  })

  test.each<[title: string, steps: Step[]]>([
    ['the first question', [['Project', ctrlC]]],
    [
      'a list from GitLab',
      [
        ['> seed/app', enter],
        ['> master', ctrlC],
      ],
    ],
    [
      'a variable',
      [
        ['> seed/app', enter],
        ['> master', enter],
        ['Variable KEY=VALUE', ctrlC],
      ],
    ],
    [
      'the last question',
      [['> seed/app', enter], ['> master', enter], noVariables, ...defaults, ['Start this', ctrlC]],
    ],
  ])('after Ctrl-C at %s: exit 130', async (_, steps) => {
    configured()
    const { code, stdout, screen } = await ask('run -i', steps)
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' })
    expect(screen).toContain('gitlab-trigger: stopped by SIGINT\nNo pipeline was created.\n')
    expect(posts(gitlab())).toEqual([])
  })

  test('with --dry-run: the request is printed, and nobody is asked whether to send it', async () => {
    configured()
    const { code, stdout, screen } = await ask('run -i -p seed/app -r master -n', [noVariables, ...defaults])
    expect({ code, screen }).toMatchObject({ code: 0 })
    expect(stdout).toContain('POST ')
    expect(posts(gitlab())).toEqual([])
  })

  test('for a project without a trigger token, which is said before the ref is asked for', async () => {
    configured()
    const { code, screen } = await ask('run -i', [
      ['> seed/app', 'docs'],
      ['> seed/docs (10)', enter],
    ])
    expect(code).toBe(2)
    expect(screen).toContain('gitlab-trigger: no trigger token for seed/docs on work\n')
    expect(screen).toContain('gitlab-trigger config edit-token work --project seed/docs')
  })
})

describe('run --interactive is refused', () => {
  test('without a terminal, with what to write instead', async () => {
    configured()
    const { code, stderr } = await run('run -i', home().world())
    expect(code).toBe(2)
    expect(stderr).toContain('--interactive: there is no terminal to ask at\n')
    expect(stderr).toContain('gitlab-trigger run --server NAME --project GROUP/NAME --ref BRANCH')
  })

  test.each(['--token-stdin', '--token-file -', '--vars-from -'])('beside %s', async (flag) => {
    configured()
    const { code, screen } = await ask(`run -i ${flag}`, [])
    expect(code).toBe(2)
    expect(screen).toContain('cannot be used together')
  })

  test('without any server, naming login, before anything is asked', async () => {
    const { code, screen } = await ask('run -i', [])
    expect(code).toBe(2)
    expect(screen).toContain('no server given')
    expect(screen).toContain('gitlab-trigger login')
  })

  test('for a recipe that there is not', async () => {
    configured()
    const { code, screen } = await ask('run -i nightyl', [])
    expect(code).toBe(14)
    expect(screen).toContain('there is no recipe "nightyl"')
  })
})

test('secrets of the line are not on the line that is shown', async () => {
  home().config(serverYaml(gitlab()))
  const { code, screen } = await dialogue(
    [
      'run',
      '-i',
      '-p',
      '9',
      '-r',
      'master',
      '--token',
      gitlab().tokens.trigger,
      '--heartbeat',
      `${gitlab().url}/ping/s3cret-uuid`,
    ],
    [noVariables, yes],
    home().world({ tty: ['stdin', 'stderr'] }),
  )
  expect({ code, screen }).toMatchObject({ code: 0 })
  expect(screen).toContain('gitlab-trigger run --project 9 --ref master --token-file PATH --heartbeat URL\n')
  expect(screen).not.toMatch(/s3cret-uuid|glptt/)
})
