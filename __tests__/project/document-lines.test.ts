import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { examples } from '../../src/cli/examples.ts'
import { shellBlocks, wordsOfCall, type TypedLine } from '../helpers/document-lines.ts'
import { serverYaml, useHome } from '../helpers/home.ts'
import { useGitlab } from '../helpers/gitlab.ts'
import { run } from '../helpers/run.ts'

// Every line of docs/ that calls gitlab-trigger, typed by somebody who has the server, the projects, the files and the pipelines that the documents speak of.

const token = (name: string): string => `glptt-documents-${name}`

const jobs = [
  { name: 'run_tests', stage: 'test', artifacts: true },
  { name: 'build_package', stage: 'build', artifacts: true },
  { name: 'upload_package', stage: 'package', when: 'manual', allow_failure: true },
]
const refs = [
  { name: 'main', jobs },
  { name: 'v2', jobs },
  { name: 'master', jobs },
  { name: 'v1.0.0', kind: 'tag', jobs },
]
const names = ['app', 'docs', 'site', 'build', 'deploy']
const scenario = {
  projects: [
    ...names.map((name, at) => ({ id: at + 9, path: `group/${name}`, name })),
    { id: 20, path: 'fleet/canary', name: 'canary' },
    { id: 21, path: 'fleet/gateway', name: 'gateway' },
    { id: 22, path: 'fleet/report', name: 'report' },
  ].map(({ id, path, name }) => ({
    id,
    path,
    refs,
    trigger_tokens: ['', '-second'].map((end) => ({ token: token(name) + end })),
  })),
}

const gitlab = useGitlab({ scenario })
const home = useHome()

/** Lines that end otherwise than with 0 here, where there is no terminal to ask at. */
const codes: readonly (readonly [RegExp, number])[] = [
  [/^login$|--interactive|^config init$/, 2],
  [/^tokens (revoke|rotate) (?!.*--yes)/, 2],
]

/** What some lines need, or would stumble over. */
const circumstances: readonly (readonly [RegExp, () => unknown])[] = [
  [
    /^tokens create/,
    () => {
      rmSync(join(home().home, '.trigger-token'))
    },
  ],
  [/^batch .*--resume/, () => run('batch nightly.yml', home().world())],
  [
    /^config trust/,
    () => {
      home().write('work/checkout/.gitlab-triggerrc.yaml', 'ref: main\n')
      home().write('work/checkout/package.json', '{"gitlab-trigger":{"ref":"main"}}')
    },
  ],
]

/** Lines that would not end. */
const isLeftOut = ({ call }: TypedLine): boolean => /^sandbox\b/.test(call)

/** Prepares what the documents take for granted. */
function prepare(): void {
  const { url, tokens, addPipeline } = gitlab()
  const { write, config, checkout } = home()
  const projects = scenario.projects.map(
    ({ id, path }) => `      ${path}: { id: ${id}, ref: main, token: ${token(path.replace(/.*\//, ''))} }\n`,
  )
  config(
    `${serverYaml({ url }, 'project: group/app', 'ref: main', `apiToken: ${tokens.api}`, 'projects:')}${projects.join('')}
      group/site.x: { id: 30, ref: main }
recipes:
  nightly: { project: group/docs, ref: main }
  nightly-docs: { project: group/docs, ref: main, variables: { NIGHTLY: 'true' } }
  nightly-site: { project: group/site, ref: main }
`,
  )
  write('home/.trigger-token', token('app'))
  write('home/.api-token', tokens.api)
  write('work/checkout/site.token', token('site'))
  write('work/checkout/release.env', 'VERSION=1.10\n')
  write('work/checkout/CHANGELOG.md', '# Changes\n')
  for (const name of ['nightly.yml', 'fleet.csv'])
    copyFileSync(`examples/batch/${name}`, join(checkout, name))
  addPipeline({ ref: 'main', source: 'trigger', username: 'seed' })
}

/** A line with the sandbox's address and numbers in place of those of the documents. */
async function here(call: string): Promise<string> {
  const line = call.replaceAll('https://gitlab.example.com', gitlab().url)
  if (/^tokens (update|revoke|rotate)/.test(line)) {
    const [first, second] = [gitlab().addToken(), gitlab().addToken()]
    return line.replace(/ 12\b/, ` ${first.id}`).replace(/ 13\b/, ` ${second.id}`)
  }
  if (!/^schedule gitlab (run|delete)/.test(line)) return line
  const made = await run(['schedule', 'gitlab', 'create', '-p', '9', '--at', '5 0 * * *'], home().world())
  return line.replace(/ 13\b/, ` ${made.stdout.trimEnd()}`)
}

const files = ['docs', 'docs/reference'].flatMap((folder) =>
  readdirSync(folder)
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
)

// Examples of the reference stand each for itself; the lines of another block follow one another.
const blocks = files
  .flatMap(shellBlocks)
  .flatMap(({ at, lines }) =>
    at.startsWith('docs/reference/')
      ? lines.map((line) => ({ at: line.text, lines: [line] }))
      : [{ at, lines }],
  )

test('the documents have lines, those of the help among them', () => {
  const lines = blocks.flatMap((block) => block.lines.map(({ text }) => text))
  const typed = Object.values(examples)
    .flat()
    .filter((line) => line.startsWith('gitlab-trigger'))
  expect(lines.length).toBeGreaterThan(80)
  expect(typed.filter((line) => !lines.includes(line))).toEqual([])
})

test.each(blocks.map(({ at, lines }) => [at, lines] as const))('%s', async (at, lines) => {
  prepare()
  const variables: Record<string, string> = { HOME: home().home }
  for (const { text: line, ...typed } of lines.filter((each) => !isLeftOut(each))) {
    for (const [pattern, arrange] of circumstances) if (pattern.test(typed.call)) await arrange()
    const stdin = typed.reads === undefined ? token('docs') : readFileSync(join(home().checkout, typed.reads))
    const words = wordsOfCall(await here(typed.call), variables)
    const { code, stdout, stderr } = await run(words, home().world({ stdin }))
    const [, wanted = 0] = codes.find(([pattern]) => pattern.test(typed.call)) ?? []
    expect({ at, line, stderr, code }).toEqual({ at, line, stderr, code: wanted })
    if (typed.takes !== undefined) variables[typed.takes] = stdout.trimEnd()
    if (typed.writes !== undefined) writeFileSync(join(home().checkout, typed.writes), stdout)
  }
})
