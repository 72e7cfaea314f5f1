import { chmodSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { useBatch } from '../helpers/batch.ts'
import { posts } from '../helpers/gitlab.ts'

const { batch, gitlab, home } = useBatch()

const tokenOf = (project: number): string =>
  gitlab()
    .projects()
    .find(({ id }) => id === project)?.triggerTokens[0] ?? ''

/** Nothing but what the plan says: no token in the environment. */
const bare = { GITLAB_TRIGGER_TOKEN: '', GITLAB_TRIGGER_API_TOKEN: '' }

/** The token of each POST. */
const sentTokens = (): string[] =>
  posts(gitlab()).map(({ fields }) => fields.find(([key]) => key === 'token')?.[1].toString() ?? '')

test('a program that several targets name is run once', async () => {
  const ran = join(home().root, 'ran')
  const command = JSON.stringify(['sh', '-c', `echo x >> ${ran}; printf %s ${tokenOf(9)}`])
  const plan = `targets:\n  a: { ref: master, tokenCommand: ${command} }\n  b: { ref: develop, tokenCommand: ${command} }\n`
  const { code } = await batch(plan, { env: { ...bare, PATH: '/usr/bin:/bin' } })
  expect({ code, ran: readFileSync(ran, 'utf8') }).toEqual({ code: 0, ran: 'x\n' })
})

describe('each target has the token of its project', () => {
  test.each([
    [
      'named in the plan',
      () =>
        'targets: { a: { tokenEnv: APP, ref: master }, b: { project: 10, tokenEnv: DOCS, ref: master } }\n',
    ],
    [
      'of the defaults, or its own',
      () =>
        'defaults: { ref: master, tokenEnv: APP }\ntargets: { a: {}, b: { project: 10, tokenEnv: DOCS } }\n',
    ],
    [
      'of the config, by project',
      () => {
        const { url } = gitlab()
        home().config(
          `servers: { s: { url: ${url}, projects: { 9: { tokenEnv: APP }, seed/docs: { tokenEnv: DOCS } } } }\n`,
        )
        return 'defaults: { server: s, ref: master }\ntargets: { a: { project: 9 }, b: { project: seed/docs } }\n'
      },
    ],
  ])('%s', async (_, plan) => {
    const { code } = await batch(plan(), {
      env: { ...bare, APP: tokenOf(9), DOCS: tokenOf(10) },
      words: ['--parallel', '1'],
    })
    expect({ code, tokens: sentTokens() }).toEqual({ code: 0, tokens: [tokenOf(9), tokenOf(10)] })
  })

  const named = (): string => {
    const { url, tokens } = gitlab()
    const projects = '{ seed/app: { tokenEnv: APP }, 10: { tokenEnv: DOCS } }'
    home().config(`servers: { s: { url: ${url}, apiToken: ${tokens.api}, projects: ${projects} } }\n`)
    return 'defaults: { server: s, ref: master }\ntargets: { a: { project: 9 }, b: { project: seed/docs } }\n'
  }
  const read = (): number => gitlab().requests.filter(({ path }) => /projects\/[^/?]+$/.test(path)).length

  test('of the config, which names the projects otherwise: their server is asked once', async () => {
    const options = { env: { ...bare, APP: tokenOf(9), DOCS: tokenOf(10) }, words: ['--parallel', '1'] }
    expect(await batch(named(), options)).toMatchObject({ code: 0, stdout: '4711\n4712\n' })
    expect({ tokens: sentTokens(), read: read() }).toEqual({ tokens: [tokenOf(9), tokenOf(10)], read: 2 })
    expect(await batch(named(), { ...options, pid: 4343 })).toMatchObject({ code: 0 })
    expect(read()).toBe(2)
  })

  test('--check asks nobody', async () => {
    const options = { env: { ...bare, APP: tokenOf(9), DOCS: tokenOf(10) }, words: ['--check'] }
    const { code, stderr } = await batch(named(), options)
    expect({ code, requests: gitlab().requests.length }).toEqual({ code: 2, requests: 0 })
    expect(stderr).toMatch(/no trigger token for 9/)
  })

  test('one that the defaults name for another server is not sent', async () => {
    const other = gitlab().url.replace('127.0.0.1', 'localhost')
    const plan = `defaults: { server: ${other}, tokenEnv: APP, ref: master }\ntargets: { a: { server: ${gitlab().url} } }\n`
    const { code, stderr } = await batch(plan, { env: { ...bare, APP: tokenOf(9) } })
    expect(stderr).toMatch(/no token given/)
    expect({ code, posts: posts(gitlab()).length }).toEqual({ code: 2, posts: 0 })
  })

  test('a recipe of the config keeps its token for its own server', async () => {
    home().config(
      `servers: { w: { url: https://gitlab.example.com } }\nrecipes: { r: { server: w, ref: master, tokenEnv: APP } }\n`,
    )
    const plan = `targets: { a: { recipe: r, server: ${gitlab().url} } }\n`
    const { code, stderr } = await batch(plan, { env: { ...bare, APP: tokenOf(9) } })
    expect(stderr).toMatch(/no token given/)
    expect({ code, posts: posts(gitlab()).length }).toEqual({ code: 2, posts: 0 })
  })
})

test('all missing tokens are named at once, before anything is sent', async () => {
  const plan = 'targets: { a: { ref: master }, b: { ref: develop, tokenEnv: NONE } }\n'
  const { code, stderr } = await batch(plan, { env: bare })
  expect(stderr).toMatch(
    /2 of 2 targets[^]* a: no token given[^]* b: the environment variable NONE is not set/,
  )
  expect({ code: [2, 14].includes(code), posts: posts(gitlab()).length }).toEqual({ code: true, posts: 0 })
})

test('a plan with a token in it that others can read is refused', async () => {
  const plan = `targets: { a: { ref: master, token: ${tokenOf(9)} } }\n`
  const path = home().write('plans/plan.yml', plan)
  const { code, stderr } = await batch(plan, {
    prepare: () => {
      chmodSync(path, 0o644)
    },
    env: bare,
  })
  expect(stderr).toMatch(/plan\.yml holds a secret but others can use it/)
  expect(stderr).not.toContain(tokenOf(9))
  expect({ code, posts: posts(gitlab()).length }).toEqual({ code: 14, posts: 0 })
})

test('a plan that others can write is refused', async () => {
  const plan = 'targets: { a: { ref: master } }\n'
  const path = home().write('plans/plan.yml', plan)
  const { code } = await batch(plan, {
    prepare: () => {
      chmodSync(path, 0o666)
    },
  })
  expect({ code, posts: posts(gitlab()).length }).toEqual({ code: 14, posts: 0 })
})

test('a program that prints a token sees no tokens of the plan', async () => {
  const script = home().write('plans/token.sh', `#!/bin/sh\ntest -z "$DOCS" && echo ${tokenOf(9)}\n`, 0o700)
  const plan = `targets: { a: { ref: master, tokenCommand: [${script}] }, b: { project: 10, ref: master, tokenEnv: DOCS } }\n`
  const { code } = await batch(plan, { env: { ...bare, DOCS: tokenOf(10), PATH: '/usr/bin:/bin' } })
  expect({ code, posts: posts(gitlab()).length }).toEqual({ code: 0, posts: 2 })
})

test.each([
  ['of one target', '{ ref: master }'],
  [
    'of one that takes values of another',
    '{ ref: master, needs: [c], variables: { C: "${{ needs.c.id }}" } }',
  ],
  ['of more targets than are planned ahead', '{ ref: master, matrix: { N: [LIST] } }'],
])('a program is run once for its token: %s', async (_, keys) => {
  const log = join(home().root, 'runs')
  const script = home().write('plans/token.sh', `#!/bin/sh\necho x >> ${log}\necho ${tokenOf(9)}\n`, 0o700)
  const list = Array.from({ length: 501 }, (_each, at) => at).join()
  const plan = `targets:\n  a: ${keys.replace('LIST', list).replace(/}$/, `, tokenCommand: [${script}] }`)}\n  c: { ref: develop, tokenEnv: APP }\n`
  const { code } = await batch(plan, {
    env: { GITLAB_TRIGGER_TOKEN: '', APP: tokenOf(9), PATH: '/usr/bin:/bin' },
  })
  expect({ code, runs: readFileSync(log, 'utf8').length / 2 }).toEqual({ code: 0, runs: 1 })
})

test('a token in what a server says is masked in every voice', async () => {
  const token = tokenOf(9)
  gitlab().failNext({
    method: 'POST',
    kind: 'answer',
    status: 400,
    body: JSON.stringify({ message: { base: [`no ${token}`] } }),
  })
  const log = join(home().root, 'jobs.tsv')
  const { stdout, stderr } = await batch('targets: { a: { ref: master, tokenEnv: APP } }\n', {
    env: { ...bare, APP: token },
    words: ['--json', '--joblog', log],
  })
  expect(stdout + stderr + readFileSync(log, 'utf8')).not.toContain(token)
})

test('what is warned of for all of them is warned of once', async () => {
  const plan = 'targets: { a: { ref: master, wait: true }, b: { ref: develop, wait: true } }\n'
  const { stderr } = await batch(plan, {
    words: ['--token', tokenOf(9), '--parallel', '1'],
    env: { CI: 'true' },
  })
  expect(stderr.match(/--token can be read by every user/g)).toHaveLength(1)
})
