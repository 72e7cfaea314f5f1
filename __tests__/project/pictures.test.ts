import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { startSandbox, type Sandbox } from '../../src/sandbox/server.ts'
import { screenOf } from '../helpers/batch-screen.ts'
import { passTime } from '../helpers/clock.ts'
import { pictures, readDrawing, scenario, stage, type Picture } from '../helpers/picture.ts'
import { runIn } from '../helpers/run.ts'
import { newWorld, start } from '../helpers/world.ts'

// The pictures in docs/pictures/ show what the program prints today: the lines in their table are typed again. `npm run pictures` makes them again.

const folder = 'docs/pictures'
const [project] = scenario.projects
const token = project?.trigger_tokens?.[0]?.token ?? ''

/** The words of a shell's line. */
const words = (line: string): string[] =>
  (line.match(/'[^']*'|\S+/g) ?? []).map((word) => word.replaceAll("'", ''))

/** Rows without what depends on how fast a machine is, on where it stands, and on which port is free; that may continue in the next row. */
const steady = (rows: string): string =>
  rows
    .replace(/127\.0\.0\.1:\d(\n?\d){4}/g, '127.0.0.1:PORT')
    .replace(/\b(\d+m )?\d+s\b/g, 'TIME')
    .replace(/\d of 5 jobs done(, \d running)?/g, 'N of 5 jobs done')
    .replace(/\([A-Z][\w/+-]*\)\.$/gm, '(ZONE).')

/** What a terminal shows after each piece of output, from the prompt on, while a user types the lines of a picture. */
async function typed(picture: Picture): Promise<{ screens: string[]; codes: number[] }> {
  const { lines, columns, rows, pipeline, minutes = 0, paceMs = 0 } = picture
  const screens: string[] = []
  const codes: number[] = []
  let now = (): number => start - minutes * 60_000
  const gitlab: Sandbox = await startSandbox({ scenario, paceMs, now: () => now() })
  try {
    if (pipeline) gitlab.addPipeline(pipeline)
    let passed = 0
    for (const line of lines) {
      if (line === 'echo $?') {
        screens.push(`$ ${line}\n${codes.at(-1)}`)
        continue
      }
      const world = newWorld({
        tty: ['stdin', 'stdout', 'stderr'],
        home: stage.home,
        env: {
          LC_ALL: 'C.UTF-8',
          GITLAB_TRIGGER_SERVER: gitlab.url,
          GITLAB_TRIGGER_PROJECT: '9',
          GITLAB_TRIGGER_TOKEN: token,
          GITLAB_TRIGGER_API_TOKEN: gitlab.tokens.api,
        },
      })
      world.context.program = () => [stage.node, stage.program]
      world.context.me = () => ({ user: stage.user, host: 'here', pid: 4242 })
      world.advance(passed)
      now = () => world.context.wallTime()
      const screen = screenOf(world, columns, rows)
      await world.context.stdout.write('')
      const time = passTime(world, gitlab)
      const here = line.replace(/http:\/\/127\.0\.0\.1:\d+/, gitlab.url)
      codes.push(
        await runIn(world, words(here).slice(1))
          .then(({ code }) => code)
          .finally(time.stop),
      )
      passed += time.passed()
      screens.push(...screen.frames.map((frame) => `$ ${line}\n${frame}`))
    }
    return { screens, codes }
  } finally {
    await gitlab.close()
  }
}

const svgOf = ({ file }: Picture): string => readFileSync(join(folder, file), 'utf8')

test('the date of the pictures is that of the tests, and each picture is in the table', () => {
  expect(Date.parse(stage.now)).toBe(start)
  expect(readdirSync(folder).sort()).toEqual(pictures.map(({ file }) => file).sort())
})

describe.each(pictures.map((picture) => [picture.file, picture] as const))('%s', (file, picture) => {
  const svg = svgOf(picture)

  test('is whole, for light and dark pages, and needs nothing else', () => {
    const { texts, elements, attributes } = readDrawing(svg)
    expect(texts).toMatchObject({ title: picture.title, desc: picture.words })
    expect(texts['style']).toContain('@media(prefers-color-scheme:dark)')
    expect(/@import|url\(/.exec(texts['style'] ?? '')).toBeNull()
    expect([...elements].sort()).toEqual(
      ['svg', 'title', 'desc', 'style', 'rect', 'g', 'text', ...(picture.isMoving ? ['defs', 'use', 'path'] : [])].sort(), // prettier-ignore
    )
    const isOutside = ({ name, value }: { name: string; value: string }): boolean =>
      name.startsWith('on') || value.includes(':/') || (name.endsWith('href') && !value.startsWith('#'))
    expect(attributes.filter(isOutside)).toEqual([])
    expect(Buffer.byteLength(svg)).toBeLessThan(picture.isMoving ? 60_000 : 15_000)
  })

  test('shows no token and no path of a machine', () => {
    expect(/gl[a-z]+-\w|\/tmp\/|\/root\b/.exec(svg)).toBeNull()
  })

  test('is used in a document', () => {
    const documents = ['README.md', ...readdirSync('docs').flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : []))] // prettier-ignore
    const named = documents.filter((name) => readFileSync(name, 'utf8').includes(`pictures/${file})`))
    expect(named).not.toEqual([])
  })
})

const stills = pictures.filter(({ isMoving }) => !isMoving)
test.each(stills.map((picture) => [picture.file, picture] as const))(
  '%s shows what is printed today',
  async (_, picture) => {
    const { screens } = await typed(picture)
    const printed = screens.at(-1)?.replace(/\n+/g, '\n') ?? ''
    expect(steady(readDrawing(svgOf(picture)).rows.join('\n'))).toEqual(steady(printed))
  },
)

const moving = pictures.filter(({ isMoving }) => isMoving)
test.each(moving.map((picture) => [picture.file, picture] as const))(
  'every row of %s is printed today, and what is typed ends as it shows',
  async (_, picture) => {
    const { screens, codes } = await typed(picture)
    const printed = new Set(screens.flatMap((screen) => steady(screen).split('\n')))
    const isTyped = (row: string): boolean => picture.lines.some((line) => `$ ${line}`.startsWith(row))
    const { rows } = readDrawing(svgOf(picture))
    expect(rows.filter((row) => !isTyped(row) && !printed.has(steady(row)))).toEqual([])
    expect(rows).toEqual(expect.arrayContaining(picture.lines.map((line) => `$ ${line}`)))
    expect(codes).toEqual([3, 0])
    const lastWords = steady(screens.at(-1) ?? '')
      .split('\n')
      .slice(-3)
    expect(rows.map(steady)).toEqual(expect.arrayContaining(lastWords))
  },
)
