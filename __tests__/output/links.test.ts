import { cutLine, lineWidth, textOf } from '../../src/output/terminal/styled-line.ts'
import { statusText } from '../../src/output/tree/status-text.ts'
import { treeLines } from '../../src/output/tree/tree-lines.ts'
import { treeOf } from '../../src/output/tree/tree.ts'
import { glyphsFor } from '../../src/output/terminal/glyphs.ts'
import { plain } from '../../src/output/terminal/style.ts'
import { withSink } from '../../src/output/terminal/sink.ts'
import { SecretRegistry } from '../../src/core/secret.ts'
import type { Event } from '../../src/events.ts'
import type { Pipeline } from '../../src/gitlab/pipelines/pipeline.ts'
import { environment, useGitlab } from '../helpers/gitlab.ts'
import { at, bridge, job, pipeline } from '../helpers/pipelines.ts'
import { reportAll } from '../helpers/report.ts'
import { run } from '../helpers/run.ts'
import { newWorld } from '../helpers/world.ts'

type Env = Record<string, string>

const closing = '\x1b]8;;\x1b\\'
const linked = (text: string, url: string): string => `\x1b]8;;${url}\x1b\\${text}${closing}`
const anyLink = '\x1b]8;;'

const kitty = { KITTY_WINDOW_ID: '1', NO_COLOR: '1', LANG: 'C.UTF-8' }
const page = 'https://gitlab.example.com/seed/app/-'

const looked = (seen: Pipeline): Event => ({
  type: 'looked',
  pipeline: seen,
  changes: [],
  now: at(30),
  trouble: '',
})

/** What a terminal in this environment is shown of a pipeline that is followed. */
const shown = async (seen: Pipeline, env: Env): Promise<string> =>
  (await reportAll([looked(seen)], {}, { tty: ['stderr', 'stdout'], env })).stderr

const small = pipeline('running', [job('test', 'run_tests', 'running')])

// prettier-ignore
const terminals: [name: string, env: Env, isLinked: boolean][] = [
  ['nothing that is known', {}, false],
  ['xterm', { TERM: 'xterm-256color' }, false],
  ['VTE 0.50', { VTE_VERSION: '5000' }, true],
  ['VTE of today', { VTE_VERSION: '7600', TERM: 'xterm-256color', COLORTERM: 'truecolor' }, true],
  ['VTE before', { VTE_VERSION: '4602' }, false],
  ['VTE, not a number', { VTE_VERSION: 'x' }, false],
  ['iTerm', { TERM_PROGRAM: 'iTerm.app' }, true],
  ['iTerm 3.5', { TERM_PROGRAM: 'iTerm.app', TERM_PROGRAM_VERSION: '3.5.10' }, true],
  ['iTerm 3.0', { TERM_PROGRAM: 'iTerm.app', TERM_PROGRAM_VERSION: '3.0.15' }, false],
  ['WezTerm', { TERM_PROGRAM: 'WezTerm', TERM_PROGRAM_VERSION: '20240203-110809-5046fc22' }, true],
  ['WezTerm before', { TERM_PROGRAM: 'WezTerm', TERM_PROGRAM_VERSION: '20200503-171512' }, false],
  ['VS Code', { TERM_PROGRAM: 'vscode', TERM_PROGRAM_VERSION: '1.95.3' }, true],
  ['VS Code before', { TERM_PROGRAM: 'vscode', TERM_PROGRAM_VERSION: '1.71.2' }, false],
  ['Apple Terminal', { TERM_PROGRAM: 'Apple_Terminal', TERM_PROGRAM_VERSION: '455' }, false],
  ['kitty', { KITTY_WINDOW_ID: '1' }, true],
  ['kitty over ssh', { TERM: 'xterm-kitty' }, true],
  ['ghostty, alacritty, foot', { TERM: 'alacritty' }, true],
  ['Windows Terminal', { WT_SESSION: 'e3f9' }, true],
  ['dumb', { TERM: 'dumb', VTE_VERSION: '7600' }, false],
  ['the Linux console', { TERM: 'linux', WT_SESSION: 'x' }, false],
  ['tmux in one that does', { TMUX: '/tmp/tmux-0/default,1,0', TERM: 'screen', VTE_VERSION: '7600' }, false],
  ['tmux by TERM alone', { TERM: 'tmux-256color', KITTY_WINDOW_ID: '1' }, false],
  ['tmux 3.3', { TMUX: 'x', TERM_PROGRAM: 'tmux', TERM_PROGRAM_VERSION: '3.3a' }, false],
  ['tmux 3.4', { TMUX: 'x', TERM_PROGRAM: 'tmux', TERM_PROGRAM_VERSION: '3.4' }, true],
  ['screen', { STY: '1.pts', TERM: 'screen.xterm-256color', VTE_VERSION: '7600' }, false],
  ['FORCE_HYPERLINK=1', { FORCE_HYPERLINK: '1' }, true],
  ['FORCE_HYPERLINK=1 in tmux', { FORCE_HYPERLINK: '1', TMUX: 'x' }, true],
  ['FORCE_HYPERLINK=0', { FORCE_HYPERLINK: '0', VTE_VERSION: '7600' }, false],
  ['FORCE_HYPERLINK empty', { FORCE_HYPERLINK: '', VTE_VERSION: '7600' }, true],
  ['CI', { CI: 'true', FORCE_HYPERLINK: '1' }, false],
  ['a GitLab job', { GITLAB_CI: 'true', VTE_VERSION: '7600' }, false],
]

test.each(terminals)('%s', async (_, env, isLinked) => {
  expect((await shown(small, env)).includes(anyLink)).toBe(isLinked)
})

test('never into a pipe', async () => {
  const { stderr } = await reportAll(
    [looked(small)],
    { progress: 'tree' },
    { env: { ...kitty, FORCE_HYPERLINK: '1' } },
  )
  expect(stderr).not.toMatch(/\x1b/)
})

test('pipelines and jobs lead to their pages, stages to none', async () => {
  const below = pipeline('running', [job('compile', 'arm', 'running', { id: 9007 })], { id: 4712 })
  const seen = pipeline('running', [job('test', 'run_tests', 'running'), bridge('child', 'running', below)])
  const text = await shown(seen, kitty)
  expect(text).toContain(
    `\u25b8 ${linked('Pipeline 4711 (ref master)', `${page}/pipelines/4711`)}: running, 25s`,
  )
  expect(text).toContain(`    \u25b8 ${linked('run_tests', `${page}/jobs/9001`)} running 20s`)
  expect(text).toContain(`\u2192 ${linked('4712', `${page}/pipelines/4712`)} running 25s`)
  expect(text).toContain(`${linked('arm', `${page}/jobs/9007`)} running 20s`)
  expect(text).toContain('  \u25b8 test\x1b[K')
})

test('what is over keeps its links', async () => {
  const seen = pipeline('success', [job('test', 'run_tests', 'success')])
  const over: Event = { type: 'over', pipeline: seen, sentence: 'It succeeded.', isGood: true, now: at(65) }
  const { stderr } = await reportAll([looked(small), over], {}, { tty: ['stderr'], env: kitty })
  expect(stderr).toContain(`    \u2713 ${linked('run_tests', `${page}/jobs/9001`)} 12s\n`)
})

test('colours stand inside of a link', async () => {
  const text = await shown(small, { ...kitty, NO_COLOR: '' })
  expect(text).toContain(linked('\x1b[1mPipeline 4711 (ref master)\x1b[22m', `${page}/pipelines/4711`))
})

// prettier-ignore
const targets: [name: string, url: string | null, target: string | undefined][] = [
  ['none', null, undefined],
  ['blanks, quotes, other scripts', `${page}/jobs/1?a=b c"<é>`, `${page}/jobs/1?a=b%20c%22%3C%C3%A9%3E`],
  ['what would end it', `${page}/x\x1b\\\x07\u009c\x9d/y#\x1b\x07z`, `${page}/x%1B/%07%C2%9C%C2%9D/y#%1B%07z`],
  ['line ends and tabs', `${page}/x\n\ty`, `${page}/xy`],
  ['half a surrogate pair', `${page}/x\ud800`, `${page}/x%EF%BF%BD`],
  ['marks of direction, joiners', `${page}/x\u202e\u200d`, `${page}/x%E2%80%AE%E2%80%8D`],
  ['a semicolon', `${page}/x;y`, `${page}/x;y`],
  ['no page', 'javascript:alert(1)', undefined],
  ['no URL', 'seed/app', undefined],
  ['a user', 'https://me:pw@gitlab.example.com/x', undefined],
  ['too long', `${page}/${'x'.repeat(2100)}`, undefined],
]
test.each(targets)('a page with %s', async (_, webUrl, target) => {
  const text = await shown(
    pipeline('running', [job('test', 'x', 'running', { webUrl })], { webUrl: null }),
    kitty,
  )
  if (target === undefined) expect(text).not.toContain(anyLink)
  else expect(text).toContain(linked('x', target))
  // Nothing but printable ASCII stands in one.
  for (const [, inside = ''] of text.matchAll(/\x1b\]8;;(.*?)\x1b\\/gsu)) expect(inside).toMatch(/^[!-~]*$/)
})

test('a page with a secret is no link', async () => {
  const world = newWorld({ tty: ['stderr'], env: kitty })
  world.context.secrets.keep('s3cr3t-token')
  const { stderr } = withSink(world.context)
  await stderr.write(`${stderr.link!('x', `${page}/s3cr3t-token`)}\n`)
  expect(world.stderr()).toBe('x\n')
})

test('what a server sends is never a link, even to a page that is one', async () => {
  const world = newWorld({ tty: ['stderr', 'stdout'], env: kitty })
  const { stderr, stdout } = withSink(world.context)
  stderr.link!('x', `${page}/jobs/9001`)
  await stderr.write(`a${linked('b', 'https://evil.example/')}c\n`)
  await stdout.write(`a${linked('b', `${page}/jobs/9001`)}c\n`)
  expect(world.stderr()).toBe('abc\n')
  expect(world.stdout()).toBe('abc\n')
  const name = linked('evil', `${page}/pipelines/4711`)
  const text = await shown(pipeline('running', [job(name, name, 'running', { webUrl: null })]), kitty)
  expect(text.split(`${page}/pipelines/4711`)).toHaveLength(2)
  expect(text).toContain('    \u25b8 evil running 20s')
})

test('a link takes the room of its text, however it is cut', () => {
  const glyphs = glyphsFor({ env: { LANG: 'C.UTF-8' }, secrets: new SecretRegistry() })
  const seen = pipeline('running', [job('test', '\u6587\u66f8'.repeat(30), 'running')])
  const [head = [], , line = []] = treeLines([treeOf(seen)], {
    now: at(30),
    glyphs,
    columns: 40,
    maxLines: 9,
    hasLinks: false,
  })
  expect(lineWidth(head)).toBe(textOf(head).length)
  expect(lineWidth(line)).toBeLessThanOrEqual(40)
  expect(line.find(({ text }) => text.includes('\u6587'))?.url).toBe(`${page}/jobs/9001`)
  expect(cutLine(head, 12, '\u2026').map(({ url }) => url)).toContain(`${page}/pipelines/4711`)
})

describe('status', () => {
  const gitlab = useGitlab()
  const options = (env: Env): Env =>
    environment(gitlab(), { GITLAB_TRIGGER_API_TOKEN: gitlab().tokens.api, ...env }).env!

  test('has links on a terminal, and none in a pipe or with --json', async () => {
    gitlab().addPipeline()
    const { stdout } = await run('status 4711', { tty: ['stdout'], env: options(kitty) })
    expect(stdout).toContain(
      linked('Pipeline 4711 (ref master)', `${gitlab().url}/seed/app/-/pipelines/4711`),
    )
    expect(stdout).toContain(linked('run_tests', `${gitlab().url}/seed/app/-/jobs/9001`))
    expect((await run('status 4711', { env: options(kitty) })).stdout).not.toMatch(/\x1b/)
    const tty = ['stdout' as const]
    expect((await run('status 4711 --json', { tty, env: options(kitty) })).stdout).not.toMatch(/\x1b/)
  })

  test('without links the text is the same', () => {
    const glyphs = glyphsFor({ env: { LANG: 'C.UTF-8' }, secrets: new SecretRegistry() })
    const layout = { now: at(30), glyphs, style: plain, columns: 60 }
    const link = (text: string, url: string): string => linked(text, url)
    const text = statusText(small, null, { ...layout, link })
    expect(text.replace(/\x1b\]8;;.*?\x1b\\/g, '')).toBe(statusText(small, null, layout))
  })
})
