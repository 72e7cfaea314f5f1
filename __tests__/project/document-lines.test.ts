import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { examples } from '../../src/cli/examples.ts'
import { linesOfOthers, shellBlocks, wordsOfCall, type TypedLine } from '../helpers/document-lines.ts'
import { documentScenario, documentToken, prepareDocuments } from '../helpers/document-world.ts'
import { useHome } from '../helpers/home.ts'
import { useGitlab } from '../helpers/gitlab.ts'
import { run } from '../helpers/run.ts'

// Every line of docs/ that calls gitlab-trigger, typed by a user who has the server, the projects, the files and the pipelines that the documents speak of.

const gitlab = useGitlab({ scenario: documentScenario })
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

/** A line with the sandbox's address and numbers in place of those of the documents. */
async function here(call: string): Promise<string> {
  const line = call
    .replaceAll('https://gitlab.example.com', gitlab().url)
    // Node opens these where the tests run.
    .replace(/(--vars-from |--var-file \w+=)(?=\w)/g, `$1${home().checkout}/`)
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
  prepareDocuments(gitlab(), home())
  const variables: Record<string, string> = { HOME: home().home }
  for (const { text: line, ...typed } of lines.filter((each) => !isLeftOut(each))) {
    for (const [pattern, arrange] of circumstances) if (pattern.test(typed.call)) await arrange()
    const stdin =
      typed.reads === undefined ? documentToken('docs') : readFileSync(join(home().checkout, typed.reads))
    const words = wordsOfCall(await here(typed.call), variables)
    const { code, stdout, stderr } = await run(words, home().world({ stdin, env: { HOSTNAME: 'build-3' } }))
    const [, wanted = 0] = codes.find(([pattern]) => pattern.test(typed.call)) ?? []
    expect({ at, line, stderr, code }).toEqual({ at, line, stderr, code: wanted })
    if (typed.takes !== undefined) variables[typed.takes] = stdout.trimEnd()
    if (typed.writes !== undefined) writeFileSync(join(home().checkout, typed.writes), stdout)
  }
})

/** A job of GitLab CI, in which the lines of YAML stand. */
const job = {
  GITLAB_CI: 'true',
  CI: 'true',
  CI_PIPELINE_ID: '77',
  CI_JOB_NAME: 'deploy',
  CI_PROJECT_ID: '9',
  CI_COMMIT_TAG: 'v1.0.0',
}
const others = files.flatMap((file) =>
  linesOfOthers(file).map(({ call, text }) => [file, text, call] as const),
)

test('there are lines of CI files and Makefiles in the documents', () => {
  expect(others.length).toBeGreaterThan(2)
})

test.each(others)('%s: %s', async (file, line, call) => {
  prepareDocuments(gitlab(), home())
  const env = { ...job, CI_SERVER_URL: gitlab().url }
  const { code, stderr } = await run(wordsOfCall(call, env), home().world({ env }))
  expect({ file, line, stderr, code }).toEqual({ file, line, stderr, code: 0 })
})

/** Blocks of YAML in docs/ that are config files. */
const configs = files.flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/^```yaml\n([\s\S]*?)^```/gm)]
    .map(({ 1: text = '' }) => [file, text] as const)
    .filter(([, text]) => /^(servers|recipes):/m.test(text)),
)

test('there are config files in the documents', () => {
  expect(configs.length).toBeGreaterThan(2)
})

test.each(configs)('%s shows a config file that is accepted:\n%s', async (_, text) => {
  home().config(text)
  const { code, stderr } = await run('config list', home().world())
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})
