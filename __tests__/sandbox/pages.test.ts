import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/server.ts'
import { grounds, inks, panel } from '../../src/sandbox/pages/log/palette.ts'
import { kinds, themes } from '../../src/sandbox/pages/shell/theme.ts'
import { call, members } from './helpers/bearer.ts'

let now = 0
let sandbox: Sandbox

async function start(options: Partial<SandboxOptions> = {}): Promise<Sandbox> {
  now = Date.UTC(2026, 0, 2, 3, 4, 5)
  sandbox = await startSandbox({ now: () => now, paceMs: 1000, ...options })
  return sandbox
}

afterEach(() => sandbox.close())

interface Shown {
  status: number
  headers: Headers
  text: string
}

async function show(
  path: string,
  { accept = 'text/html', ...init }: RequestInit & { accept?: string } = {},
): Promise<Shown> {
  const response = await fetch(`${sandbox.url}${path}`, {
    redirect: 'manual',
    ...init,
    headers: { accept },
  })
  return { status: response.status, headers: response.headers, text: await response.text() }
}

const press = (path: string, body?: Record<string, string>): Promise<Shown> =>
  show(path, { method: 'POST', ...(body && { body: new URLSearchParams(body) }) })

/** The text of a page as one reads it, without the style sheet and the script. */
const read = (text: string): string =>
  text
    .replace(/<(style|script|title)[^>]*>[\s\S]*?<\/\1>/g, '')
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')

async function trigger(fields: Record<string, string> = {}): Promise<Record<string, unknown>> {
  const { json } = await call(sandbox, 'POST', '/projects/9/trigger/pipeline', 'nobody', {
    token: sandbox.tokens.trigger,
    ref: 'master',
    ...fields,
  })
  return members(json)
}

test('each address that the client prints opens its page', async () => {
  await start({ prefix: '/gitlab' })
  const pipeline = await trigger({ 'variables[UPLOAD_TO_S3]': 'true' })
  const { json } = await call(sandbox, 'GET', `/projects/9/pipelines/${String(pipeline['id'])}/jobs`)
  const [job] = json as Record<string, unknown>[]
  const project = members((await call(sandbox, 'GET', '/projects/9')).json)
  const seen = sandbox.requests.length
  for (const each of [project, pipeline, job]) {
    const response = await fetch(String(each?.['web_url']))
    expect([response.status, response.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8'])
    expect(await response.text()).toContain('<html lang="en">')
  }
  expect(sandbox.requests).toHaveLength(seen)
})

// prettier-ignore
const pages: readonly [path: string, texts: readonly (string | RegExp)[]][] = [
  ['/', ['Projects', 'seed/app', 'seed/docs 10', 'public', 'others/tool', '#4711']],
  ['/seed/app', ['Project ID 9', '#4711', 'failing branch build_package fails', 'master branch three stages, succeeds', 'colleague , maintainer']],
  ['/Seed/App/', ['Project ID 9']],
  ['/seed/app/-/pipelines', ['Running', '#4711', 'triggered', 'by nightly ( glptt-', 'master', 'UPLOAD_TO_S3', 'seed']],
  ['/seed/app/pipelines', ['#4711']],
  ['/seed/app/-/pipelines/4711', ['Pipeline #4711', 'triggered', 'Trigger nightly', 'run_tests', 'build_package', 'UPLOAD_TO_S3', 'Reveal values', 'Cancel pipeline']],
  ['/seed/app/-/jobs/9001', ['run_tests', 'triggered', 'Trigger nightly', 'UPLOAD_TO_S3', 'Running with gitlab-runner', '$ make test']],
  ['/seed/app/builds/9001', ['run_tests']],
  ['/seed/app/-/jobs/9003', ['This job has not started']],
  ['/seed/app/-/settings/ci_cd', ['nightly glptt-', 'Last used', '2026-01-02 03:04:05 UTC', 'release', 'colleague never', 'Add trigger token', '/api/v4/projects/9/trigger/pipeline']],
  ['/seed/app/-/pipeline_schedules', ['every night', '0 3 * * *', 'inactive', 'seed none Play']],
  ['/seed/docs/-/pipelines', ['There is no pipeline yet']],
]

test.each(pages)('%s', async (path, texts) => {
  await start()
  await trigger({ 'variables[UPLOAD_TO_S3]': 'true' })
  const schedule = { description: 'every night', ref: 'master', cron: '0 3 * * *', active: 'false' }
  await call(sandbox, 'POST', '/projects/9/pipeline_schedules', 'api', schedule)
  now += 2000
  const { status, text, headers } = await show(path)
  expect(status).toBe(200)
  for (const each of texts) expect(read(text)).toMatch(each instanceof RegExp ? each : escapeRegExp(each))
  expect(headers.get('content-security-policy')).toMatch(
    /^default-src 'none'; style-src 'sha256-[^' ]+'; script-src 'sha256-[^' ]+'; connect-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'$/,
  )
  expect(text).not.toMatch(/(?:src|href)="(?!\/|#|data:)/)
})

const escapeRegExp = (text: string): RegExp => new RegExp(text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))

// prettier-ignore
const missing: readonly [method: string, path: string, status: number, text: string][] = [
  ['GET', '/seed/app/-/pipelines/99999', 404, 'Page not found'],
  ['GET', '/seed/docs/-/pipelines/4711', 404, 'Page not found'],
  ['GET', '/seed/app/-/jobs/1', 404, 'Page not found'],
  ['GET', '/seed/app/-/nothing', 404, 'Page not found'],
  ['POST', '/seed/app/-/jobs/9001', 404, 'Page not found'],
  ['GET', '/nobody/nothing', 404, 'The page you were looking for could not be found'],
  ['GET', '/seed/%zz', 404, 'The page you were looking for could not be found'],
  ['POST', '/seed/app/-/jobs/9001/play', 400, '400 Bad request - Unplayable Job'],
  ['POST', '/seed/app/-/triggers/99/revoke', 404, '404 Not found'],
]

test.each(missing)('%s %s: %i %s', async (method, path, status, text) => {
  await start()
  await trigger()
  const shown = await show(path, { method })
  expect(shown.status).toBe(status)
  expect(read(shown.text)).toContain(text)
})

test('a script that asks for / gets a line to try, and no page', async () => {
  await start()
  expect((await show('/', { accept: '*/*' })).text).toContain('curl -X POST -F token=')
})

test('a manual job is played, canceled and retried', async () => {
  await start()
  await trigger({ ref: 'manual' })
  now += 10_000
  const page = '/seed/app/-/jobs/9003'
  expect((await show(page)).text).toContain(`action="${page}/play"`)
  const played = await press(`${page}/play`)
  expect([played.status, played.headers.get('location')]).toEqual([303, page])
  const words: string[] = []
  for (const [what, wait] of [
    ['cancel', 0],
    ['retry', 0],
    ['', 5000],
  ] as const) {
    if (what !== '') expect((await press(`${page}/${what}`)).status).toBe(303)
    now += wait
    words.push(
      read((await show('/seed/app/-/pipelines/4711')).text)
        .split('Pipeline #4711')[1]!
        .trim()
        .split(' ')[0]!,
    )
  }
  expect(words).toEqual(['Canceled', 'Running', 'Passed'])
})

test('a trigger token is added, used and revoked', async () => {
  await start()
  const page = '/seed/app/-/settings/ci_cd'
  const added = await press('/seed/app/-/triggers', { description: 'for <cron>' })
  expect([added.status, added.headers.get('location')]).toEqual([303, page])
  const [, token] = /for &lt;cron&gt;[\s\S]*?<code>(glptt-[0-9a-f]{40})<\/code>/.exec(
    (await show(page)).text,
  )!
  expect((await trigger({ token: token! }))['source']).toBe('trigger')
  const before = (await show(page)).text
  const [, id] =
    /triggers\/(\d+)\/revoke">\s*<button[^>]*aria-label="Revoke the token for &lt;cron&gt; now"/.exec(before)!
  expect((await press(`/seed/app/-/triggers/${id}/revoke`)).status).toBe(303)
  expect((await show(page)).text).not.toContain(token)
  expect((await trigger({ token: token! }))['message']).toBe('404 Not Found')
  expect(read((await show('/seed/app/-/pipelines')).text)).toContain('by for &lt;cron&gt; (')
})

test('a schedule is played', async () => {
  await start()
  const schedule = { description: 'every night', ref: 'develop', cron: '0 3 * * *' }
  const { json } = await call(sandbox, 'POST', '/projects/9/pipeline_schedules', 'api', schedule)
  expect((await press(`/seed/app/-/pipeline_schedules/${String(members(json)['id'])}/play`)).status).toBe(303)
  expect(read((await show('/seed/app/-/pipelines')).text)).toContain('#4711 scheduled develop')
})

test('what the user seed may not do is refused in the words of GitLab', async () => {
  await start()
  sandbox.set('role', 'reporter')
  sandbox.addPipeline()
  const { status, text } = await press('/seed/app/-/pipelines/4711/cancel')
  expect([status, read(text)]).toEqual([403, expect.stringContaining('403: 403 Forbidden')])
})

test('a pipeline with children is a graph of links', async () => {
  await start()
  await trigger({ ref: 'downstream' })
  now += 60_000
  const { text } = await show('/seed/app/-/pipelines/4711')
  const [graph] = /class="graph"[\s\S]*?<\/svg>\s*<\/div>/.exec(text)!
  const links = [...graph.matchAll(/href="([^"]+)"[^>]*aria-label="([^"]+)"/g)].map(
    ([, path, name]) => `${name} ${path}`,
  )
  expect(links).toEqual([
    'run_tests: Passed /seed/app/-/jobs/9001',
    'child_tests: Passed /seed/app/-/jobs/9002',
    'docs: Passed /seed/app/-/jobs/9003',
    'notify: Passed /seed/app/-/jobs/9004',
    'upload_package: Passed /seed/app/-/jobs/9005',
    expect.stringMatching(/^#\d+: Passed \/seed\/app\/-\/pipelines\/\d+$/),
    expect.stringMatching(/^#\d+: Passed \/seed\/docs\/-\/pipelines\/\d+$/),
    expect.stringMatching(/^#\d+: Passed \/seed\/group\/sub.dotted\/deep\/-\/pipelines\/\d+$/),
  ])
  expect(read((await show('/seed/docs/-/pipelines')).text)).toContain('multi-project pipeline')
})

const attack = `"><script>document.title='taken'</script><img src=x onerror=alert(1)>'`

test('nothing of a name, a variable or a log is markup', async () => {
  await start()
  sandbox.addRef(attack)
  sandbox.script(attack, {
    by: 'clock',
    jobs: [
      {
        name: attack,
        stage: attack,
        tags: [attack],
        log: { text: `section_start:1:a\r\u001b[0K${attack}\n${attack}\u001b[31m${attack}` },
      },
    ],
  })
  sandbox.addToken({ description: attack, owner: attack })
  await trigger({ ref: attack, 'variables[X]': attack })
  await call(sandbox, 'PUT', '/projects/9/pipelines/4711/metadata', 'api', { name: attack })
  await call(sandbox, 'POST', '/projects/9/pipeline_schedules', 'api', {
    description: attack,
    ref: attack,
    cron: '0 3 * * *',
  })
  now += 60_000
  const paths = [
    '',
    '/-/pipelines',
    '/-/pipelines/4711',
    '/-/jobs/9001',
    '/-/settings/ci_cd',
    '/-/pipeline_schedules',
  ]
  for (const path of paths) {
    const { status, text } = await show(`/seed/app${path}`)
    expect([path, status]).toEqual([path, 200])
    expect(text).toContain('&lt;script&gt;')
    expect([path, text.match(/<script/g)?.length, text.match(/<img/g)]).toEqual([path, 1, null])
  }
  const { headers, text } = await show('/seed/app/-/jobs/9001/raw')
  expect(text).toContain(attack)
  expect(headers.get('content-type')).toBe('text/plain; charset=utf-8')
  expect(headers.get('content-security-policy')).toBe("default-src 'none'; sandbox")
  expect(headers.get('x-content-type-options')).toBe('nosniff')
})

const esc = '\u001b'

// prettier-ignore
const logs: readonly [name: string, log: string, markup: string][] = [
  ['a colour', `${esc}[31mred${esc}[0m plain`, '<span class="f1">red</span> plain'],
  ['bright, bold, on a ground', `${esc}[1;92;44mx`, '<span class="f10 b4 bold">x</span>'],
  ['of 256', `${esc}[38;5;196mx${esc}[38;5;244my${esc}[38;5;3mz`, '<span class="f9">x</span><span class="f8">y</span><span class="f3">z</span>'],
  ['of 16 million', `${esc}[38;2;250;10;10;4mx`, '<span class="f9 under">x</span>'],
  ['other sequences', `${esc}[2K${esc}[?25la${esc}]0;title\u0007b${esc}(Bc`, 'abc'],
  ['a cut sequence', `a${esc}[3`, 'a'],
  ['a progress bar', 'load 10%\rload 55%\rload 100%\r', 'load 100%'],
  ['other controls', 'a\u0000b\u0007c\u202ed', 'a\ufffdb\ufffdc\ufffdd'],
]

test.each(logs)('a log with %s', async (_, log, markup) => {
  await start()
  sandbox.script('master', { by: 'clock', jobs: [{ name: 'a', stage: 'b', log: { text: `${log}\n` } }] })
  await trigger()
  now += 60_000
  const { text } = await show('/seed/app/-/jobs/9001')
  expect(text.slice(text.indexOf('class="log"'), text.indexOf('</main>'))).toContain(
    `<span>${markup}</span></div>`,
  )
})

test('sections of a log fold, nest, and say how long they took', async () => {
  await start()
  const begin = (name: string, at: number, title: string): string =>
    `section_start:${at}:${name}\r${esc}[0K${title}`
  const end = (name: string, at: number): string => `section_end:${at}:${name}\r${esc}[0K`
  const text = [
    begin('outer', 10, 'Outer'), 'one', begin('inner[collapsed=true]', 11, 'Inner'), 'two',
    `${end('inner', 14)}${end('outer', 15)}${begin('open', 16, '')}`, 'three', end('unknown', 17), '',
  ].join('\n') // prettier-ignore
  sandbox.script('master', { by: 'clock', jobs: [{ name: 'a', stage: 'b', log: { text } }] })
  await trigger()
  now += 60_000
  const page = (await show('/seed/app/-/jobs/9001')).text
  const shape = page.slice(page.indexOf('<summary><span>Outer')).replace(/ id="L\d+"|<a [^>]*>\d+<\/a>/g, '')
  expect(shape).toMatch(
    /^<summary><span>Outer<\/span><span class="took">5 s<\/span><\/summary><div><span>one<\/span><\/div><details><summary><span>Inner<\/span><span class="took">3 s<\/span><\/summary><div><span>two<\/span><\/div><\/details><\/details><details open><summary><span>open<\/span><\/summary><div><span>three<\/span><\/div>/,
  )
})

test('of a log of many bytes the end is shown', async () => {
  await start()
  sandbox.script('master', { by: 'clock', jobs: [{ name: 'a', stage: 'b', log: { bytes: 50_000_000 } }] })
  await trigger()
  now += 60_000
  const { text } = await show('/seed/app/-/jobs/9001')
  expect(text.length).toBeLessThan(2_000_000)
  expect(read(text)).toContain('Only the end of the log is shown.')
})

/** The contrast of two colours (WCAG 2.2). */
function contrast(one: string, other: string): number {
  const light = (colour: string): number => {
    const parts = [1, 3, 5].map((at) => parseInt(colour.slice(at, at + 2), 16) / 255)
    const [red = 0, green = 0, blue = 0] = parts.map((part) =>
      part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4,
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const [dark = 0, bright = 0] = [light(one), light(other)].sort((first, second) => first - second)
  return (bright + 0.05) / (dark + 0.05)
}

test('what is read together has the contrast of WCAG AA, in both schemes and in logs', () => {
  const pairs = Object.entries(themes).flatMap(([scheme, theme]) => [
    ...([theme.page, theme.soft] as const).flatMap((ground) =>
      [theme.text, theme.dim, theme.link, theme.bad[0]].map((text) => [scheme, text, ground] as const),
    ),
    [scheme, theme.onButton, theme.button] as const,
    ...kinds.map((kind) => [scheme, ...theme[kind]] as const),
    ...kinds.flatMap((kind) =>
      [theme.page, theme.soft].map((ground) => [scheme, theme[kind][0], ground] as const),
    ),
  ])
  const ofLogs = [panel.ground, '#2f2d3a', ...grounds].flatMap((ground) =>
    [panel.text, ...inks].map((ink) => ['log', ink, ground] as const),
  )
  const faint = ['log', panel.dim, panel.ground] as const
  const weak = [...pairs, ...ofLogs, faint].filter(([, text, ground]) => contrast(text, ground) < 4.5)
  expect(
    weak.map(([where, text, ground]) => `${where} ${text} on ${ground} ${contrast(text, ground).toFixed(2)}`),
  ).toEqual([])
})

test.each(['8.5', '10.3'] as const)('the pages of %s', async (gitlab) => {
  await start({ gitlab })
  sandbox.addPipeline({ failingJob: 'build_package' })
  now += 60_000
  const { status, text } = await show('/seed/app/pipelines/4711')
  expect(status).toBe(200)
  expect(text.includes('action="/seed/app/pipelines/4711/retry"')).toBe(gitlab === '10.3')
  expect(text).toContain('href="/seed/app/jobs/9001"')
})
