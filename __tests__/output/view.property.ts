import fc from 'fast-check'
import type { Job, Pipeline } from '../../src/gitlab/pipelines/pipeline.ts'
import { selectNodes } from '../../src/output/tree/fit-rows.ts'
import { reporterFor } from '../../src/output/reporters/reporter.ts'
import { cleanText } from '../../src/output/terminal/clean-text.ts'
import { withSink } from '../../src/output/terminal/sink.ts'
import { glyphsFor } from '../../src/output/terminal/glyphs.ts'
import { textOf } from '../../src/output/terminal/styled-line.ts'
import { treeLines } from '../../src/output/tree/tree-lines.ts'
import { treeOf } from '../../src/output/tree/tree.ts'
import { rowsOf, widthOf } from '../../src/output/terminal/width.ts'
import { SecretRegistry } from '../../src/core/secret.ts'
import { attacks, unsafeCharacters, withoutJoiners } from '../helpers/attacks.ts'
import { at, job, pipeline } from '../helpers/pipelines.ts'
import { screenBuffer } from '../helpers/screen-buffer.ts'
import { newWorld } from '../helpers/world.ts'
import { holds } from '../helpers/property.ts'

const units = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 6 })
  .map((all) => String.fromCharCode(...all))

const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.string({ unit: 'grapheme', maxLength: 30 }),
  fc.string({ unit: 'binary', maxLength: 12 }),
  units,
  fc.constantFrom(
    '\u{1f469}\u200d\u{1f4bb} \u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645',
    '\u2764\ufe0f\u200d',
  ),
  fc.constantFrom(...attacks.map(([, attack]) => attack)),
)

const status = fc.constantFrom(
  ...['created', 'pending', 'running', 'success', 'failed', 'canceled', 'skipped', 'manual', 'new_word'],
)

const { tree } = fc.letrec<{ tree: Pipeline; job: Job }>((tie) => ({
  tree: fc
    .record({
      status,
      ref: text,
      project: fc.constantFrom('9', '12'),
      id: fc.nat(),
      jobs: fc.array(tie('job'), { maxLength: 6, depthIdentifier: 'tree' }),
      hidden: fc.oneof({ weight: 5, arbitrary: fc.constant('') }, text),
    })
    .map(({ status: word, jobs, ...more }) => pipeline(word, jobs, more)),
  job: fc
    .record({
      stage: fc.constantFrom('build', 'test', '\u6e2c\u8a66', null),
      name: text,
      status,
      allowFailure: fc.boolean(),
      failureReason: text,
      below: fc.option(tie('tree'), { maxDepth: 3, depthIdentifier: 'tree' }),
      hidden: fc.oneof({ weight: 3, arbitrary: fc.constant('') }, text),
    })
    .map(({ stage, name, status: word, below, hidden, ...more }) => {
      const downstream = below && { ...below, pipeline: hidden === '' ? below : null, hidden }
      return job(stage, name, word, { ...more, isBridge: downstream !== null, downstream })
    }),
}))

const size = { columns: fc.integer({ min: 1, max: 120 }), rows: fc.integer({ min: 1, max: 40 }) }

test('no line is wider than it may be, nothing controls a terminal, and there are no more lines than wanted', () => {
  const trees = fc.array(tree, { minLength: 1, maxLength: 3 })
  holds(
    fc.property(trees, size.columns, size.rows, fc.boolean(), (roots, columns, maxLines, isUnicode) => {
      const glyphs = glyphsFor({ env: { LANG: isUnicode ? 'C.UTF-8' : 'C' }, secrets: new SecretRegistry() })
      const lines = treeLines(roots.map(treeOf), {
        now: at(30),
        glyphs,
        columns,
        maxLines,
        hasLinks: false,
      }).map(textOf)
      expect(lines.length).toBeLessThanOrEqual(maxLines)
      for (const line of lines) {
        expect(widthOf(line)).toBeLessThanOrEqual(columns)
        expect(withoutJoiners(line)).not.toMatch(unsafeCharacters)
        // The sink, through which it goes, has nothing to add: that would make it wider.
        expect(cleanText(line, { secrets: new SecretRegistry(), env: {} })).toBe(line)
        expect(line.isWellFormed()).toBe(true)
        if (!isUnicode) expect(line).toMatch(/^[ -~]*$/)
      }
    }),
    100,
  )
})

test('every job is shown or counted', () => {
  const count = (root: Pipeline): number =>
    root.jobs.reduce(
      (sum, { downstream }) => sum + 1 + (downstream?.pipeline ? count(downstream.pipeline) : 0),
      0,
    )
  const glyphs = glyphsFor({ env: { LANG: 'C.UTF-8' }, secrets: new SecretRegistry() })
  holds(
    fc.property(tree, fc.integer({ min: 3, max: 40 }), (root, maxLines) => {
      const nodes = treeOf(root)
      const lines = treeLines([nodes], { now: at(30), glyphs, columns: 999, maxLines, hasLinks: false })
      const counted = /^\u2026 (\d+) more job/.exec(textOf(lines.at(-1) ?? []))?.[1] ?? '0'
      const shown = [...selectNodes([nodes], maxLines)].filter(({ subject }) => subject.what === 'job').length
      expect(shown + Number(counted)).toBe(count(root))
    }),
    100,
  )
})

/** What can happen while a pipeline is followed. */
const happening = fc.oneof(
  fc.record({
    look: fc.array(fc.constantFrom('success', 'running', 'failed', 'created'), { maxLength: 12 }),
  }),
  fc.record({ note: fc.stringMatching(/^[a-z ]{0,60}[a-z]$/) }),
  fc.record({ data: fc.stringMatching(/^[a-z]{0,60}\n?$/) }),
  // A log, whose colours may be on at the end, or come alone.
  fc.record({ log: fc.stringMatching(/^(\x1b\[31m)?[a-z]{0,60}\n?(\x1b\[0m)?$/) }),
  fc.record({ tick: fc.constant(true) }),
)

test('whatever is written while the tree stands: it is there once, in order, with the tree below it', async () => {
  await holds(
    fc.asyncProperty(
      fc.array(happening, { maxLength: 25 }),
      fc.integer({ min: 20, max: 60 }),
      fc.integer({ min: 4, max: 16 }),
      async (all, columns, rows) => {
        const world = newWorld({ tty: ['stdout', 'stderr'], env: { NO_COLOR: '1' } })
        const sheet = screenBuffer(columns, rows)
        const stream = {
          isTTY: true,
          columns,
          rows,
          write: (written: string) => {
            sheet.write(written)
            return Promise.resolve()
          },
          writeBytes(bytes: Buffer) {
            return this.write(bytes.toString())
          },
        }
        const context = withSink({ ...world.context, stdout: stream, stderr: stream })
        const report = await reporterFor({}, context)
        let said = ''
        let seen: Pipeline | undefined
        let seconds = 30
        for (const each of all) {
          if ('look' in each) {
            const jobs = each.look.map((word, index) => job('test', `job${index}`, word))
            seen = pipeline('running', jobs)
            await report({ type: 'looked', pipeline: seen, changes: [], now: at(seconds), trouble: '' })
          } else if ('note' in each) {
            await report({ type: 'noted', text: each.note })
            said += `${each.note}\n`
          } else if ('data' in each) {
            await context.stdout.write(each.data)
            said += each.data
          } else if ('log' in each) {
            await context.stderr.writeBytes(Buffer.from(each.log))
            said += each.log.replace(/\x1b\[\d+m/g, '')
          } else {
            await report({ type: 'ticked', now: at(++seconds) })
          }
        }
        const isLineOpen = said !== '' && !said.endsWith('\n')
        const lines = (isLineOpen ? said : said.slice(0, -1)).split('\n')
        const wrapped =
          said === '' ? [] : lines.flatMap((line) => line.match(new RegExp(`.{1,${columns}}`, 'g')) ?? [''])
        const shown = sheet.rows()
        while (wrapped.length > shown.length && wrapped.at(-1) === '') wrapped.pop()
        expect(shown.slice(0, wrapped.length)).toEqual(wrapped.map((line) => line.trimEnd()))
        const bottom = shown.slice(wrapped.length)
        expect(bottom.length).toBeLessThanOrEqual(rows - 1)
        // Of a line that is not whole yet, more may come.
        const isThere = seen !== undefined && !isLineOpen
        if (isThere) expect(bottom[0]).toMatch(/^> Pipe/)
        else expect(bottom).toEqual([])
        expect(bottom.filter((line) => /^\d+ of \d+ job/.test(line)).length).toBe(isThere ? 1 : 0)
      },
    ),
    100,
  )
})

test('how often a line wraps is counted by its cells', () => {
  holds(
    fc.property(
      fc.string({ unit: 'grapheme', maxLength: 40 }),
      fc.integer({ min: 2, max: 20 }),
      (line, columns) => {
        const rows = rowsOf(line, columns)
        expect(rows).toBeGreaterThanOrEqual(Math.max(1, Math.ceil(widthOf(line) / columns)))
        // A row is left with one free column at most.
        expect(rows).toBeLessThanOrEqual(Math.max(1, Math.ceil(widthOf(line) / (columns - 1))))
      },
    ),
    // A letter wider than the window.
    100,
    [['\u2E80\u{1D158}\u{1D165}\u{1D16E}', 2]],
  )
})
