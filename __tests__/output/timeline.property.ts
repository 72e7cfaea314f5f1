import fc from 'fast-check'
import { criticalPath, pathSums } from '../../src/follow/timeline/critical-path.ts'
import { lastMoment, timedPipeline } from '../../src/follow/timeline/timed-jobs.ts'
import type { Job, Pipeline } from '../../src/gitlab/pipelines/pipeline.ts'
import { barCells } from '../../src/output/timeline/bar.ts'
import { criticalJobs } from '../../src/output/timeline/timeline.ts'
import { timelineText } from '../../src/output/timeline/timeline-text.ts'
import { glyphsFor } from '../../src/output/terminal/glyphs.ts'
import { plain } from '../../src/output/terminal/style.ts'
import { widthOf } from '../../src/output/terminal/width.ts'
import { SecretRegistry } from '../../src/core/secret.ts'
import { attacks } from '../helpers/attacks.ts'
import { job, noon, pipeline } from '../helpers/pipelines.ts'
import { holds } from '../helpers/property.ts'

/** A moment around noon, with fractions of a second, or none. */
const moment = fc.option(
  fc.integer({ min: -5000, max: 3_000_000 }).map((ms) => noon + ms),
  { nil: null },
)
// prettier-ignore
const status = fc.constantFrom('created', 'pending', 'running', 'success', 'failed', 'canceled', 'skipped', 'manual', 'new_word')
const name = fc.oneof(fc.string({ maxLength: 30 }), fc.constantFrom(...attacks.map(([, attack]) => attack)))
const times = { startedAt: moment, finishedAt: moment }
const queuedMs = fc.option(fc.integer({ min: 0, max: 2_000_000 }), { nil: null })

const { tree } = fc.letrec<{ tree: Pipeline; job: Job }>((tie) => ({
  tree: fc
    .record({
      id: fc.nat(),
      status,
      jobs: fc.array(tie('job'), { maxLength: 6 }),
      createdAt: moment,
      ...times,
    })
    .map(({ status: own, jobs, ...more }) => pipeline(own, jobs, more)),
  job: fc
    .record({
      ...{ id: fc.nat(), name, status, queuedMs, allowFailure: fc.boolean(), ...times },
      below: fc.option(tie('tree'), { nil: null, depthSize: 'small', maxDepth: 2 }),
    })
    .map(({ name: own, status: word, below, ...more }) => {
      const head = below && { id: below.id, project: '9', status: below.status, webUrl: null, hidden: '' }
      return job('s', own, word, { ...more, downstream: head && { ...head, pipeline: below } })
    }),
}))

const now = noon + 3_000_000

test('the parts of a critical path follow one another from the beginning to the end, in whole seconds', () => {
  holds(
    fc.property(tree, fc.array(moment, { maxLength: 3 }), (root, starts) => {
      const replaced = starts.map((startedAt, id) =>
        job('s', `old ${id}`, 'failed', { id, startedAt, finishedAt: startedAt }),
      )
      const timed = timedPipeline(root, (each) => (each === root ? replaced : []), now)
      const parts = criticalPath(timed)
      const ends = parts.map(({ to }) => to)
      expect(parts.map(({ from }) => from)).toEqual(
        parts.length === 0 ? [] : [timed.since, ...ends.slice(0, -1)],
      )
      expect(ends.at(-1) ?? timed.since).toBe(timed.until)
      expect(parts.every(({ from, to }) => from < to && from % 1000 === 0)).toBe(true)
      const { running, queued, waiting, manual } = pathSums(parts)
      expect(running + queued + waiting + manual).toBe(timed.until - timed.since)
    }),
    500,
  )
})

test('a bar is on its axis, whatever its times are', () => {
  const at = fc.integer({ min: -10, max: 200_000 })
  const width = fc.integer({ min: 0, max: 300 })
  const kinds = fc.constantFrom('both', 'queued', 'ran')
  holds(
    fc.property(at, at, at, at, width, kinds, (a, b, c, length, columns, kind) => {
      const [queued = 0, started = 0, until = 0] = [a, b, c].sort((x, y) => x - y)
      const span = {
        queuedAt: kind === 'ran' ? null : queued,
        startedAt: kind === 'queued' ? null : started,
        until,
      }
      const cells = barCells(span, { from: 0, to: Math.abs(length) }, columns)
      expect(Object.values(cells).every((count: number) => Number.isInteger(count) && count >= 0)).toBe(true)
      expect(cells.blank + cells.queued + cells.running).toBeLessThanOrEqual(columns)
      if (columns > 0) expect(cells.queued + cells.running).toBeGreaterThan(0)
    }),
    500,
  )
})

test('no bar is wider than the terminal, whatever the jobs are called', () => {
  const locale = fc.constantFrom('C', 'en_US.UTF-8')
  holds(
    fc.property(tree, fc.integer({ min: 20, max: 200 }), locale, (root, columns, LANG) => {
      const timed = timedPipeline(root, () => [], now)
      const path = criticalPath(timed)
      const axis = { from: timed.since, to: lastMoment(timed) }
      const glyphs = glyphsFor({ env: { LANG }, secrets: new SecretRegistry() })
      const timeline = { root: timed, axis, path, sums: pathSums(path), hidden: '' }
      const text = timelineText(timeline, { columns, glyphs, style: plain })
      const lines = text.split('\n')
      const end = lines.findIndex((line) => /^Critical path|^Of /.test(line))
      const drawn = end < 0 ? lines : lines.slice(0, end)
      expect(Math.max(...drawn.map(widthOf))).toBeLessThanOrEqual(columns)
      if (LANG === 'C') expect(text).toMatch(/^[\n -~]*$/)
      expect(criticalJobs(path).size).toBeLessThanOrEqual(path.length)
    }),
    200,
  )
})
