import type { Sandbox } from '../../src/sandbox/server.ts'
import { doctor, signsIn } from '../helpers/doctor.ts'
import { environment, posts, useGitlab } from '../helpers/gitlab.ts'
import { useHome } from '../helpers/home.ts'
import { run } from '../helpers/run.ts'

// What a 404 does not tell, an API token can: whether it is the project or the token, and whether the ref and the variables will do.

const gitlab = useGitlab()
const home = useHome()
const role = 'ci_pipeline_variables_minimum_override_role'

type Env = (sandbox: Sandbox) => Record<string, string>
const withApi: Env = ({ tokens }) => ({ GITLAB_TRIGGER_API_TOKEN: tokens.api })
const wrong: Env = (sandbox) => ({ ...withApi(sandbox), GITLAB_TRIGGER_TOKEN: 'whatever-it-is' })
const none: Env = () => ({})

// prettier-ignore
const rows: [what: string, line: string, env: Env, set: Record<string, string>, check: string, sign: 'ok' | 'no' | '-' | '!', says: RegExp, code: number][] = [
  ['the project is there', '', withApi, {}, 'project', 'ok', /seed\/app \(9\), CI\/CD is on/, 0],
  ['the project is there, by its path', '-p seed/app', withApi, {}, 'project', 'ok', /seed\/app \(9\)/, 0],
  ['so that it is the token', '', wrong, {}, 'trigger', 'no', /404[^]*Project 9 \(seed\/app\) exists, so it is the token \(from environment variable GITLAB_TRIGGER_TOKEN\): mistyped/, 4],
  ['no such project', '-p 999', withApi, {}, 'project', 'no', /the API token from environment variable GITLAB_TRIGGER_API_TOKEN sees no project "999"[^]*Correct --project/, 4],
  ['without an API token', '-p 11', none, {}, 'project', '-', /not known without an API token: set .*--api-token-file/, 4],
  ['without an API token, the token is good', '', ({ tokens }) => ({ GITLAB_TRIGGER_TOKEN: tokens.trigger }), { visibility: 'private' }, 'project', '-', /only an API token shows it/, 0],
  ['CI/CD is off', '', withApi, { builds_access_level: 'disabled' }, 'project', 'no', /has CI\/CD turned off[^]*Settings > General/, 5],
  ['archived', '', withApi, { archived: 'true' }, 'project', 'no', /is archived/, 4],
  ['a branch', '-r master', withApi, {}, 'ref', 'ok', /branch master/, 0],
  ['a branch by its full name', '-r refs/heads/master', withApi, {}, 'ref', 'ok', /branch master/, 0],
  ['a tag by the full name of a branch', '-r refs/tags/master', withApi, {}, 'ref', 'no', /no branch or tag "refs\/tags\/master"/, 5],
  ['no such branch', '-r mastre', withApi, {}, 'ref', 'no', /there is no branch or tag "mastre"[^]*Did you mean "master"\?/, 5],
  ['a branch and a tag', '-r both', withApi, {}, 'ref', 'no', /both a branch and a tag[^]*refs\/heads\/both/, 5],
  ['a ref that may not be read', '-r master', none, { visibility: 'private' }, 'ref', '-', /may not be read/, 0],
  ['variables', '--var A=1 --var B=2', withApi, {}, 'variables', 'ok', /2 variables/, 0],
  ['variables that nobody may set', '--var A=1', withApi, { [role]: 'no_one_allowed' }, 'variables', 'no', /does not allow pipeline variables[^]*Minimum role/, 4],
  ['variables for maintainers', '--var A=1', withApi, { [role]: 'maintainer' }, 'variables', 'ok', /1 variable; the owner of the trigger token must be maintainer or more/, 0],
  ['no variables, so that it does not matter', '', withApi, { [role]: 'no_one_allowed' }, 'variables', '-', /none are given/, 0],
  ['an input, which only GitLab can check', '--input a=b', withApi, {}, 'variables', '-', /none are given; 1 input not checked/, 0],
]
test.each(rows)('%s: %s', async (_, line, env, set, check, sign, says, code) => {
  for (const [name, value] of Object.entries(set)) gitlab().set(name, value)
  const result = await doctor(line, environment(gitlab(), env(gitlab())))
  expect({ code: result.code, sign: signsIn(result.stdout)[check] }).toEqual({ code, sign })
  expect(result.stdout).toMatch(says)
  expect(gitlab().pipelines).toEqual([])
})

describe('the 404 of run', () => {
  // prettier-ignore
  test.each<[what: string, line: string, env: Env, says: RegExp]>([
    ['the project is there', '--ref master', wrong, /^Project 9 \(seed\/app\) exists, so it is the token \(from environment variable GITLAB_TRIGGER_TOKEN\): mistyped, revoked/m],
    ['by its path', '-p seed/app --ref master', wrong, /^Project seed\/app \(9\) exists, so it is the token/m],
    ['a personal token', '--ref master', (sandbox) => ({ ...withApi(sandbox), GITLAB_TRIGGER_TOKEN: sandbox.tokens.readApi }), /exists, so it is the token .*\. The token looks like .*personal.*; only a trigger token/],
    ['it is not', '-p 999 --ref master', withApi, /^The API token from environment variable GITLAB_TRIGGER_API_TOKEN sees no project "999": correct --project, or give that token access\. To search: gitlab-trigger projects --server http:\S+ 999$/m],
    ['without an API token', '-p 11 --ref master', none, /GitLab does not say which is wrong: the project \(11\).*To find out, with an API token: gitlab-trigger doctor --server http:\S+ --project 11$/m],
  ])('%s', async (_, line, env, says) => {
    const { code, stderr } = await run(line, environment(gitlab(), env(gitlab())))
    expect(code).toBe(4)
    expect(stderr).toMatch(says)
    expect(stderr).not.toContain('whatever-it-is')
    expect(posts(gitlab())).toHaveLength(1)
  })

  test('a read that fails leaves the answer as it is', async () => {
    gitlab().failNext({ kind: 'answer', method: 'GET', path: /projects\/9$/, status: 502 })
    const { code, stderr } = await run('--ref master', environment(gitlab(), wrong(gitlab())))
    expect(code).toBe(4)
    expect(stderr).toContain('GitLab does not say which is wrong')
  })
})

describe('doctor RECIPE', () => {
  const config = (...lines: string[]): void => {
    const { url, tokens } = gitlab()
    home().config(
      [
        'servers:',
        '  work:',
        `    url: ${url}`,
        `    apiToken: ${tokens.api}`,
        '    projects:',
        `      "9": { token: ${tokens.trigger} }`,
        `      "11": { token: ${tokens.trigger} }`,
        'default: work',
        'recipes:',
        ...lines,
        '',
      ].join('\n'),
    )
  }

  test('checks what the recipe says', async () => {
    config('  nightly: { project: 9, ref: mastre, variables: { A: "1" } }')
    const { code, stdout } = await doctor('nightly', home().world())
    expect(code).toBe(5)
    expect(stdout).toMatch(/no branch or tag "mastre"/)
    expect(stdout).toMatch(/variables +1 variable$/m)
    expect(await doctor('nightly -r master', home().world())).toMatchObject({ code: 0 })
  })

  test('each of its targets', async () => {
    config('  all:', '    targets: [{ project: 9, ref: master }, { project: 11, ref: main }]')
    const { code, stdout, stderr } = await doctor('all', home().world())
    expect(code).toBe(4)
    expect(stdout).toMatch(/^9 on master\n[^]*\n11 on main\n/)
    expect(stderr).toContain('of 28 checks failed, the first: trigger')
    const { checks } = JSON.parse((await doctor('all --json', home().world())).stdout) as {
      checks: { name: string; target: string; ok: boolean | null }[]
    }
    const trials = checks.filter(({ name }) => name === 'trigger')
    expect(trials.map(({ target, ok }) => [target, ok])).toEqual([
      ['9 on master', true],
      ['11 on main', false],
    ])
  })

  // prettier-ignore
  test.each<[what: string, line: string, says: RegExp, code: number]>([
    ['that is not there', 'nightyl', /no recipe "?nightyl"?|there is no recipe/, 14],
    ['without a ref', 'bare', /the recipe "bare" names no ref/, 2],
  ])('%s', async (_, line, says, code) => {
    config('  nightly: { project: 9, ref: master }', '  bare: { project: 9 }')
    const result = await doctor(line, home().world())
    expect(result.stdout).toMatch(says)
    expect(result.code).toBe(code)
  })
})
