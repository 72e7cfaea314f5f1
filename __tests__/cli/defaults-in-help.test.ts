import { commandTable } from '../../src/cli/table/index.ts'
import { parseDuration } from '../../src/config/duration.ts'
import * as defaults from '../../src/core/defaults.ts'
import { usualVersion } from '../../src/sandbox/server.ts'
import { listedFlags } from '../helpers/listed-flags.ts'

// What help says of a default is the one that the code has: each that help states has a row here, and each of
// src/core/defaults.ts is stated. That typing it changes nothing is shown by listed-flags.test.ts and flag-effects.test.ts.

const { typedDuration } = defaults

/** What help states behind "default", by flag, or by command and flag. */
const known: Readonly<Record<string, string>> = {
  '--timeout': typedDuration(defaults.defaultTimeoutMs),
  'artifacts --timeout': `${typedDuration(defaults.defaultTimeoutMs)} to find the pipeline`,
  'wait --timeout': 'none, see --run-timeout',
  '--retry': String(defaults.defaultRetries),
  '--retry-grace': typedDuration(defaults.defaultRetryGraceMs),
  '--poll-grace': typedDuration(defaults.defaultPollGraceMs),
  '--report-timeout': typedDuration(defaults.defaultReportMs),
  '--log-lines': String(defaults.defaultLogLines),
  'batch --parallel': String(defaults.defaultParallel),
  'batch --rate': '25 on gitlab.com',
  'batch --graph': 'tree',
  'pipelines --limit': String(defaults.defaultPipelines),
  'projects --limit': String(defaults.defaultProjects),
  '--at': defaults.defaultCron,
  'schedule gitlab-ci --dotenv': defaults.defaultReportFile,
  'schedule systemd --jitter': typedDuration(defaults.defaultSpreadMs),
  'sandbox --pace': typedDuration(defaults.defaultPaceMs),
  'sandbox --gitlab': usualVersion,
  'sandbox --port': 'a free one',
  'sandbox --listen': '127.0.0.1; in a container 0.0.0.0',
  '--on-manual': 'fail',
  '--queue-timeout': 'none',
  '--run-timeout': 'none',
  '--poll-interval': 'adaptive',
  '--progress': 'tree on a terminal, lines in CI',
  '--logs': 'all on a terminal, else failed',
  'wait --logs': 'none',
  '--api': 'auto: v3 where v4 is missing',
  '--artifacts-max-size': '1GiB, or 100 times its size',
  'artifacts --max-size': '1GiB, or 100 times its size',
  '--timezone': "this machine's",
  '--name': 'made of project, ref and a hash',
  'login --name': 'its host',
  'tokens rotate --description': 'as the old one',
}

/** What help states of each flag, as `command --flag` and the text. */
const stated = commandTable.flatMap(({ name, options }) =>
  listedFlags(options).flatMap(({ flag, row, takesValue }) => {
    const [, text] = /\(default[\w -]*: ([^)]*)\)/.exec(row.help ?? '') ?? []
    return text !== undefined && takesValue ? [{ name, flag, text }] : []
  }),
)

test.each(stated)('$name --help: the default of $flag is $text', ({ name, flag, text }) => {
  expect(text).toBe(known[`${name} ${flag}`] ?? known[flag])
})

test('each default of the code is stated, and nothing here is of a flag that states none', () => {
  const numbers = Object.entries(defaults).filter(([name]) => name !== 'typedDuration')
  const texts = new Set(stated.map(({ text }) => text.split(' to ')[0]))
  const unstated = numbers.filter(
    ([name, value]) => !texts.has(name.endsWith('Ms') ? typedDuration(Number(value)) : String(value)),
  )
  expect(unstated).toEqual([])
  const used = new Set(stated.flatMap(({ name, flag }) => [`${name} ${flag}`, flag]))
  expect(Object.keys(known).filter((each) => !used.has(each))).toEqual([])
})

test('a duration is shown as it is typed', () => {
  for (const [name, value] of Object.entries(defaults)) {
    if (!name.endsWith('Ms')) continue
    expect(parseDuration(typedDuration(Number(value)), name)).toBe(value)
  }
})
