// `npm run test:night`: every test with fresh seeds and full counts, then mutation testing of the modules that the central promise rests on. Run by
// hand; it takes about two hours on two cores. `node scripts/night.mjs mutation [GROUP...]` does only that part; with `--dry` it changes nothing, and
// runs the tests of each group once, to see that all of it works. `node scripts/night.mjs check` only looks whether all of it is there.
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'

/** Modules, and the tests that should notice every change of them. */
const groups = {
  classify: [
    ['src/http/retry/classify.ts', 'src/http/retry/transient.ts'],
    ['answers/', 'run/retry-after', 'http/network'],
  ],
  retry: [
    ['src/http/retry/delays.ts', 'src/http/retry/post.ts', 'src/http/retry/repeat.ts'],
    ['run/retry-after', 'pipelines/retry', 'http/request-policy'],
  ],
  verdict: [['src/follow/verdict.ts'], ['pipelines/verdict', 'pipelines/follow-status']],
  adoption: [
    ['src/gitlab/trigger/find-lost-pipeline.ts', 'src/trigger/trigger-or-adopt.ts'],
    ['run/verify', 'run/once', 'run/resume'],
  ],
  variables: [['src/config/variables/'], ['run/variables', 'run/input', 'config/values']],
}

/** Throws where a module or the tests of a group are not there any more: the night would end with that after two hours. */
function checkGroups() {
  const tests = readdirSync('__tests__', { recursive: true })
  for (const [name, [sources, patterns]] of Object.entries(groups)) {
    const gone = sources.filter((path) => !existsSync(path))
    const empty = patterns.filter((pattern) => !tests.some((path) => path.startsWith(pattern)))
    if (gone.length + empty.length > 0)
      throw new Error(`the group ${name}: nothing is there any more for ${[...gone, ...empty].join(', ')}`)
  }
}

const jest =
  'node --max-semi-space-size=64 --experimental-vm-modules --no-warnings node_modules/jest/bin/jest.js'

/** Stryker is fetched when it is needed: nothing else needs its packages. */
const stryker = '9.6.1'

function strykerBinary() {
  const folder = resolve('node_modules/.cache/stryker', stryker)
  const binary = join(folder, 'node_modules/.bin/stryker')
  if (!existsSync(binary)) {
    const line = [
      'install',
      '--prefix',
      folder,
      '--no-save',
      '--ignore-scripts',
      '--no-audit',
      '--no-fund',
      '--silent',
    ]
    execFileSync('npm', [...line, `@stryker-mutator/core@${stryker}`], { stdio: 'inherit' })
  }
  return binary
}

/** Runs one group; returns its mutants with what became of them, none where nothing is changed. */
function mutate(name, isDry) {
  const [sources, tests] = groups[name]
  const folder = resolve('node_modules/.cache/mutation', name)
  mkdirSync(folder, { recursive: true })
  const report = join(folder, 'report.json')
  const config = join(folder, 'stryker.config.json')
  writeFileSync(
    config,
    JSON.stringify({
      mutate: sources.map((path) => (path.endsWith('/') ? `${path}*.ts` : path)),
      testRunner: 'command',
      commandRunner: { command: `${jest} --bail --silent ${tests.join(' ')}` },
      reporters: ['json', 'progress-append-only'],
      jsonReporter: { fileName: report },
      tempDirName: '.stryker-tmp',
      concurrency: 2,
      // Of a text only its presence is promised, and the tests look for the parts that matter.
      mutator: { excludedMutations: ['StringLiteral'] },
      timeoutMS: 60_000,
      // Some tests start the real program, which is in dist/.
      ignorePatterns: ['/build', '/bench', '/docs'],
      disableTypeChecks: false,
      allowConsoleColors: false,
    }),
  )
  rmSync(report, { force: true })
  const line = ['run', config, ...(isDry ? ['--dryRunOnly'] : [])]
  const { status, signal } = spawnSync(strykerBinary(), line, { stdio: 'inherit' })
  if (isDry && status === 0) return []
  if (!existsSync(report)) throw new Error(`stryker ended with ${status ?? signal} and wrote no report`)
  const { files } = JSON.parse(readFileSync(report, 'utf8'))
  const mutants = Object.entries(files).flatMap(([file, { mutants: all }]) =>
    all.map((each) => ({ file, ...each })),
  )
  for (const { file, status, mutatorName, location, replacement } of mutants) {
    if (status === 'Survived' || status === 'NoCoverage')
      console.log(
        `survived ${file}:${location.start.line} ${mutatorName}: ${replacement?.replace(/\s+/g, ' ').slice(0, 90)}`,
      )
  }
  return mutants
}

/** Prints the share of mutants that a test has noticed. */
function printScore(name, mutants) {
  const count = (...statuses) => mutants.filter(({ status }) => statuses.includes(status)).length
  const noticed = count('Killed', 'Timeout')
  const valid = noticed + count('Survived', 'NoCoverage')
  console.log(`mutation score of ${name}: ${((100 * noticed) / valid).toFixed(1)} % (${noticed} of ${valid})`)
}

function testAll() {
  const seed = process.env.FC_SEED ?? String(Math.floor(Math.random() * 2 ** 31))
  console.log(`FC_SEED=${seed}`)
  const { status } = spawnSync('/bin/sh', ['-c', jest], {
    stdio: 'inherit',
    env: { ...process.env, TIER: 'night', FC_SEED: seed },
  })
  process.exitCode = status ?? 1
}

const [part, ...rest] = process.argv.slice(2)
const names = rest.filter((name) => name !== '--dry')
const isDry = rest.includes('--dry')
checkGroups()
if (part === 'check') process.exit()
if (part !== 'mutation') testAll()
const scores = (names.length > 0 ? names : Object.keys(groups)).map((name) => [name, mutate(name, isDry)])
if (!isDry) for (const [name, mutants] of scores) printScore(name, mutants)
