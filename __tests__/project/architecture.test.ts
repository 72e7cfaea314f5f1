import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, resolve } from 'node:path'
import { commandTable } from '../../src/cli/table/index.ts'

/** One import in the source: from a file under src, of a file under src or of a package. */
interface Import {
  from: string
  to: string
  /** `type` imports vanish; `lazy` ones are import(). */
  kind: 'static' | 'type' | 'lazy'
}

const src = resolve('src')

const files = readdirSync(src, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))

/** A source text without its comments. */
const codeOf = (text: string): string => text.replace(/^\s*(\/\/|\*|\/\*).*$/gm, '')

function importsOf(file: string): Import[] {
  const text = codeOf(readFileSync(join(src, file), 'utf8'))
  const target = (to: string): string =>
    to.startsWith('.') ? relative(src, resolve(src, dirname(file), to)) : to
  const statics = [...text.matchAll(/^(?:import|export)\s+(type\s)?[^'";]*?from '([^']+)'/gm)].map(
    ([, type, to = '']): Import => ({ from: file, to: target(to), kind: type ? 'type' : 'static' }),
  )
  const lazies = [...text.matchAll(/\bimport\('([^']+)'\)/g)].map(([, to = '']): Import => ({
    from: file,
    to: target(to),
    kind: 'lazy',
  }))
  return [...statics, ...lazies]
}

const imports = files.flatMap(importsOf)
const folderOf = (file: string): string => (file.includes('/') ? (file.split('/')[0] ?? '') : file)
const isPackage = (to: string): boolean => !to.endsWith('.ts') && !to.startsWith('node:')

function groupBy<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item])
  return groups
}
const show = ({ from, to, kind }: Import): string => `${from} → ${to} (${kind})`

/**
 * Which folders' code each folder may import, types included, besides itself and `core`. Listed from the top down: a folder stands above all that it
 * imports.
 */
const arrows: Record<string, readonly string[]> = {
  'main.ts': ['cli', 'output'],
  'batch-events.ts': ['events.ts'],
  'events.ts': ['follow', 'gitlab'],
  'index.ts': ['library'],
  'sandbox-library.ts': ['platform'],
  cli: ['options', 'config'],
  library: ['events.ts', 'pipelines', 'session', 'follow', 'config', 'gitlab', 'http', 'platform'],
  commands: [
    ...['events.ts', 'batch', 'trigger', 'pipelines', 'reports', 'session', 'state', 'schedule', 'output'],
    ...['follow', 'config', 'options', 'gitlab', 'http'],
  ],
  batch: [
    ...['batch-events.ts', 'events.ts', 'trigger', 'pipelines', 'reports', 'session', 'state', 'output'],
    ...['config', 'options', 'gitlab', 'http'],
  ],
  trigger: ['events.ts', 'pipelines', 'reports', 'session', 'state', 'follow', 'config', 'gitlab', 'http'],
  pipelines: ['events.ts', 'reports', 'session', 'follow', 'config', 'gitlab', 'http'],
  reports: ['events.ts', 'session', 'config', 'gitlab'],
  session: ['events.ts', 'output', 'follow', 'config', 'options', 'gitlab', 'http'],
  output: ['batch-events.ts', 'events.ts', 'follow', 'gitlab'],
  follow: ['gitlab', 'http'],
  gitlab: ['http'],
  config: ['options'],
  options: [],
  http: [],
  state: [],
  schedule: [],
  platform: [],
  core: [],
  sandbox: [],
}

/** Arrows of which only types may be taken: what is below is handed in as a value. */
const typesOnly: Record<string, readonly string[]> = {
  'events.ts': ['follow', 'gitlab'],
  commands: ['options'],
  batch: ['options'],
  session: ['options', 'follow'],
  config: ['options'],
  output: ['follow', 'gitlab'],
  follow: ['gitlab'],
}

/** The one place outside an island from which it is entered. */
const islands: Record<string, RegExp> = { sandbox: /^(commands\/sandbox|sandbox-library)\.ts$/ }

/** The row whose file is not named after it: the printed forms of a schedule differ in a table only. */
const loadedFrom: Record<string, string> = { 'schedule ${form}': 'schedule/print.ts' }

/** Each package has one door. */
const doors: Record<string, RegExp> = {
  commander: /^cli\//,
  cosmiconfig: /^config\/files\/parse-data\.ts$/,
  'csv-parse/sync': /^batch\/plan\/formats\/read-csv\.ts$/,
  'js-yaml': /^(config\/files\/locate-key|schedule\/yaml|sandbox\/scenario\/yaml)\.ts$/,
  undici: /^http\//,
  'form-data': /^http\/multipart\.ts$/,
  croner: /^schedule\/when\.ts$/,
  cronstrue: /^schedule\/spoken\.ts$/,
  chalk: /^output\/terminal\/style\.ts$/,
  'fastest-levenshtein': /^core\/did-you-mean\.ts$/,
  'string-width': /^output\/terminal\/wide-text\.ts$/,
  yaml: /^config\/(edit\/(edit-config|typed-value|yaml-layout)|variables\/declared-inputs)\.ts$/,
  ...Object.fromEntries(
    ['confirm', 'input', 'password', 'search'].map((name) => [
      `@inquirer/${name}`,
      /^output\/terminal\/prompt\.ts$/,
    ]),
  ),
}

test('there is something to look at', () => {
  expect(files.length).toBeGreaterThan(30)
  expect(imports.length).toBeGreaterThan(100)
})

test('arrows point down only, types included', () => {
  const wrong = imports.filter(({ from, to, kind }) => {
    const [here, there] = [folderOf(from), folderOf(to)]
    if (isPackage(to) || to.startsWith('node:') || here === there) return false
    if (there in islands) return !islands[there]?.test(from)
    if (there === 'core') return here in islands
    if (here === 'cli' && there === 'commands') return kind !== 'lazy'
    const isTypeOnly = (typesOnly[here] ?? []).includes(there)
    return !(arrows[here] ?? []).includes(there) || (isTypeOnly && kind !== 'type')
  })
  expect(wrong.map(show)).toEqual([])
})

test('every folder of src has its row in the table, and the table has no other', () => {
  const folders = [...new Set(files.map(folderOf))].sort()
  expect(Object.keys(arrows).sort()).toEqual(folders)
})

test('no file imports itself by way of others, types included', () => {
  const next = new Map(files.map((file) => [file, imports.filter((each) => each.from === file)]))
  const circles: string[] = []
  const done = new Set<string>()
  const visit = (file: string, path: readonly string[]): void => {
    if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(' → '))
    if (done.has(file) || path.includes(file)) return
    for (const { to } of next.get(file) ?? []) visit(to, [...path, file])
    done.add(file)
  }
  for (const file of files) visit(file, [])
  expect(circles).toEqual([])
})

test('what carries out a command knows neither its flags nor its output', () => {
  const wrong = imports.filter(
    ({ from, to }) =>
      ['trigger', 'pipelines', 'reports'].includes(folderOf(from)) &&
      ['cli', 'options', 'output'].includes(folderOf(to)),
  )
  expect(wrong.map(show)).toEqual([])
})

test('no group of commands imports another', () => {
  const groupOf = (file: string): string => file.split('/').slice(0, 2).join('/')
  const wrong = imports.filter(
    ({ from, to }) =>
      from.startsWith('commands/') && to.startsWith('commands/') && groupOf(from) !== groupOf(to),
  )
  expect(wrong.map(show)).toEqual([])
})

test('each command loads the file that its name says', () => {
  const tables = files
    .filter((file) => dirname(file) === 'cli/table')
    .map((file) => readFileSync(join(src, file), 'utf8'))
  const rows = tables.flatMap((text) =>
    [
      ...text.matchAll(/\bname: ['`]([^'`]+)['`],([\s\S]*?)import\('\.\.\/\.\.\/commands\/([\w/-]+\.ts)'\)/g),
    ].map(([, name = '', between = '', loaded = '']) => ({
      name,
      loaded,
      isWhole: !/\bname: /.test(between),
    })),
  )
  const wrong = rows.filter(({ name, loaded }) => {
    const path = name.replaceAll(' ', '/')
    return ![loadedFrom[name], `${path}.ts`, `${path}/${name}.ts`].includes(loaded)
  })
  expect(wrong).toEqual([])
  expect(rows.every(({ isWhole }) => isWhole)).toBe(true)
  const printed = commandTable.filter(({ name }) => /^schedule \S+$/.test(name))
  const named = commandTable.filter((row) => !printed.includes(row)).map(({ name }) => name)
  expect(rows.map(({ name }) => name).sort()).toEqual([...named, 'schedule ${form}'].sort())
})

test('no folder holds more than 20 files', () => {
  const sizes = groupBy(files, (file) => dirname(file))
  expect([...sizes].filter(([, inside]) => inside.length > 20).map(([folder]) => folder)).toEqual([])
})

test('no exported name is declared twice outside the sandbox', () => {
  const declarations = files
    .filter((file) => folderOf(file) !== 'sandbox')
    .flatMap((file) =>
      [
        ...readFileSync(join(src, file), 'utf8').matchAll(
          /^export (?:async )?(?:function|const|interface|type|class) (\w+)/gm,
        ),
      ].map(([, name = '']) => ({ name, file })),
    )
  const twice = [...groupBy(declarations, ({ name }) => name)].filter(([, places]) => places.length > 1)
  expect(twice.map(([name, places]) => `${name}: ${places.map(({ file }) => file).join(', ')}`)).toEqual([])
})

test('each package has one door', () => {
  const wrong = imports.filter(({ from, to }) => isPackage(to) && !(doors[to]?.test(from) ?? false))
  expect(wrong.map(show)).toEqual([])
})

test('commands know no commander, and take no types from cli', () => {
  const wrong = imports.filter(({ from, to }) => folderOf(from) === 'commands' && folderOf(to) === 'cli')
  expect(wrong.map(show)).toEqual([])
})

test('from main, the static imports reach no package and nothing heavy', () => {
  const reached = new Set<string>()
  const visit = (file: string): void => {
    for (const { to } of imports.filter(({ from, kind }) => from === file && kind === 'static')) {
      if (reached.has(to)) continue
      reached.add(to)
      visit(to)
    }
  }
  visit('main.ts')
  const packages = [...reached].filter(isPackage)
  expect(packages).toEqual([])
  expect([...reached].filter((to) => /^node:(http|https|tls|crypto|child_process)$/.test(to))).toEqual([])
})

test('every exported symbol has a doc comment', () => {
  const bare = files.flatMap((file) => {
    const lines = readFileSync(join(src, file), 'utf8').split('\n')
    return lines.flatMap((line, at) => {
      const isExport = /^export (async )?(function|const|interface|type|class) \w/.test(line)
      return isExport && !(lines[at - 1] ?? '').endsWith('*/') ? [`${file}:${at + 1}`] : []
    })
  })
  expect(bare).toEqual([])
})

/** Files whose text, without comments, matches. */
const filesWith = (pattern: RegExp): string[] =>
  files.filter(
    (file) => folderOf(file) !== 'sandbox' && pattern.test(codeOf(readFileSync(join(src, file), 'utf8'))),
  )

test('only http/send.ts dispatches a request', () => {
  expect(filesWith(/\bdispatcher\s*\.\s*(request|stream|dispatch|pipeline)\(/)).toEqual(['http/send.ts'])
  const senders = imports.filter(({ from, to }) => to === 'http/send.ts' && folderOf(from) !== 'http')
  // A monitor is not GitLab: its one request has no session.
  expect(senders.map(({ from }) => from)).toEqual(['session/unattended/heartbeat.ts'])
})

/** Who waits, and for what. Code that does not wait cannot repeat a request in a loop. */
const waiting: Record<string, string> = {
  'batch/queue/trigger-queue.ts': 'for the end of a rate limit',
  'core/poll-until.ts': 'for a state of the server',
  'follow/logs/job-log.ts': 'for the last lines of a log',
  'follow/watch.ts': 'for the next look at a pipeline',
  'http/retry/grace.ts': 'before a poll is repeated',
  'http/retry/post.ts': 'before a trigger is repeated',
  'http/retry/repeat.ts': 'before a read is repeated',
  'pipelines/cancel-tree.ts': 'for canceled jobs to stop',
  'pipelines/thorough-look.ts': 'before what could not be read is read again',
  'session/optional-read.ts': 'as a read that is repeated does, outside of its own limit',
  'trigger/jitter-and-lock.ts': 'for the turn of an unattended run',
}

test('only who is listed waits', () => {
  expect(filesWith(/(await|return) [\w.]*\bsleep\(/).sort()).toEqual(Object.keys(waiting).sort())
})

/** Who stores bytes unchanged, and what they are: everything else in a file is redacted (docs/decisions/0070). */
const exact: Record<string, string> = {
  'commands/tokens/token-destination.ts': 'a token where the user keeps it (--save-to)',
  'config/files/write-privately.ts': "the user's own config files, and tokens where they keep them",
  'reports/artifacts/extraction-folder.ts': 'artifacts',
  'reports/artifacts/fetch-archive.ts': 'artifacts',
}

test('files are written through core/store.ts only, and unchanged by who is listed only', () => {
  const writers =
    /\.(writeFile|appendFile|writev|createWriteStream|writeSync)\(|\b(handle|handle\w+)\.write\(|\b(appendFile|writeFile|copyFile|createWriteStream|cp|write|writev)(Sync)?\b[^;]*from 'node:fs/
  const found = filesWith(writers)
  // The streams of this process: what they get has passed the sink.
  expect(found.sort()).toEqual(['core/store.ts', 'platform/output.ts'])
  expect(
    filesWith(/\bstoreExactly\(/)
      .filter((file) => file !== 'core/store.ts')
      .sort(),
  ).toEqual(Object.keys(exact))
  expect(filesWith(/\bas RedactedText\b/).sort()).toEqual([
    'core/secret.ts',
    'core/text/json-line.ts',
    'reports/target-file.ts',
  ])
})

test('only who is listed writes bytes to a stream past the redaction of texts, or starts a program', () => {
  expect(filesWith(/\.writeBytes\(/).sort()).toEqual([
    // What was written to it for one target, behind its name.
    'output/batch/prefixed.ts',
    'output/logs/writer.ts',
    'output/reporters/text-reporter.ts',
    // Movements of the cursor; all texts of questions are cleaned before.
    'output/terminal/prompt-streams.ts',
    'output/terminal/sink.ts',
    'output/terminal/sticky-lines.ts',
    'session/log-printer.ts',
  ])
  expect(filesWith(/from 'node:child_process'/).sort()).toEqual([
    'commands/sandbox.ts',
    'config/credentials/token-command.ts',
    'output/terminal/show-text.ts',
    'session/browser/open-page.ts',
    'state/lock.ts',
  ])
})
