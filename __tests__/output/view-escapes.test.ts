import type { Change } from '../../src/follow/changes.ts'
import type { Job, Pipeline } from '../../src/gitlab/pipelines/pipeline.ts'
import type { Event } from '../../src/events.ts'
import { glyphsFor } from '../../src/output/terminal/glyphs.ts'
import { pipelineResult } from '../../src/output/format/pipeline-json.ts'
import { statusText } from '../../src/output/tree/status-text.ts'
import { plain } from '../../src/output/terminal/style.ts'
import { SecretRegistry } from '../../src/core/secret.ts'
import { attacks, unsafeCharacters } from '../helpers/attacks.ts'
import { at, bridge, job, pipeline } from '../helpers/pipelines.ts'
import type { OutputFlags } from '../../src/output/reporters/reporter.ts'
import { reportAll } from '../helpers/report.ts'
import type { WorldOptions } from '../helpers/world.ts'

/** A tree in which every text is this one. */
function hostile(text: string): Pipeline {
  const webUrl = `https://gitlab.example.com/${text}`
  const fields: Partial<Job> = { failureReason: text, waits: text, webUrl, tags: [text] }
  const more: Partial<Pipeline> = {
    ref: text,
    sha: text,
    source: text,
    user: text,
    project: text,
    webUrl,
  }
  const below = pipeline(text, [job(text, text, text, fields)], { ...more, id: 4712, yamlErrors: text })
  const jobs = [
    job(text, text, 'failed', fields),
    job(text, text, 'pending', fields),
    { ...bridge(text, text, below), ...fields },
    { ...bridge(text, 'failed', below, text), ...fields },
  ]
  return pipeline(text, jobs, { ...more, hidden: text })
}

const changesIn = (root: Pipeline): Change[] => [
  { what: 'pipeline', pipeline: root, before: null },
  ...root.jobs.map((each): Change => ({ what: 'job', job: each, pipeline: root, before: null })),
  ...root.jobs.flatMap(({ downstream }): Change[] =>
    downstream?.pipeline ? [{ what: 'pipeline', pipeline: downstream.pipeline, before: null }] : [],
  ),
]

function eventsOf(text: string): Event[] {
  const root = hostile(text)
  const looked: Event = {
    type: 'looked',
    pipeline: root,
    changes: changesIn(root),
    now: at(30),
    trouble: text,
  }
  return [
    looked,
    { type: 'noted', text },
    { type: 'ticked', now: at(31) },
    { type: 'over', pipeline: root, sentence: text, isGood: true, now: at(32) },
  ]
}

/** What is ours besides text: colours, and at the bottom of a terminal moves of the cursor. */
const colors = /\x1b\[(1|2|22|31|32|33|36|39)m/g
const moves = /\x1b\[0m\x1b\[\?7l|\r\x1b\[\d+A|\r|\x1b\[\d+M|\x1b\[K\n|\x1b\[\?7[lh]/g
const links = /\x1b\]8;;[!-~]*\x1b\\/g
const none = /(?!)/g

describe.each(attacks)('%s in every text of a pipeline (T86-T90)', (_, text) => {
  const both: WorldOptions['tty'] = ['stderr', 'stdout']
  // prettier-ignore
  const modes: [name: string, own: RegExp[], flags: OutputFlags, options: WorldOptions][] = [
    ['a terminal', [colors, moves], {}, { tty: both, env: { LANG: 'C.UTF-8' } }],
    ['a terminal with links', [colors, moves, links], {}, { tty: both, env: { LANG: 'C.UTF-8', VTE_VERSION: '7600' } }],
    ['a terminal, NO_COLOR', [moves], {}, { tty: both, env: { NO_COLOR: '1' } }],
    ['TERM=dumb', [none], {}, { tty: both, env: { TERM: 'dumb' } }],
    ['CI', [none], {}, { env: { CI: 'true' } }],
    ['CI with colours', [colors], {}, { env: { CI: 'true', FORCE_COLOR: '1' } }],
    ['--events', [none], { events: true }, { env: { CI: 'true' } }],
  ]
  test.each(modes)('on %s', async (_name, own, flags, options) => {
    const { stdout, stderr } = await reportAll(eventsOf(text), flags, options)
    expect(stdout + stderr).not.toBe('')
    expect(own.reduce((rest, each) => rest.replace(each, ''), stderr)).not.toMatch(unsafeCharacters)
    expect(stdout).not.toMatch(unsafeCharacters)
    for (const line of stdout.split('\n').filter(Boolean)) JSON.parse(line)
  })

  test('in --json and in status', () => {
    const root = hostile(text)
    const secrets = new SecretRegistry()
    for (const line of [
      pipelineResult(root, undefined, secrets),
      pipelineResult(root, undefined, secrets, { variables: [text] }),
    ]) {
      expect(line).not.toMatch(unsafeCharacters)
      expect(line.indexOf('\n')).toBe(line.length - 1)
      expect(JSON.parse(line)).toMatchObject({
        ref: text,
        status: text,
        jobs: [{ name: text, stage: text }, {}, {}, {}],
      })
    }
    const glyphs = glyphsFor({ env: { LANG: 'C.UTF-8' }, secrets })
    const told = statusText(root, [text], { now: at(30), glyphs, style: plain, columns: Infinity })
    expect(told).not.toMatch(unsafeCharacters)
    // The pipeline, six facts of it, three stages, five jobs, and the pages of the two that failed.
    expect(told.split('\n').length - 1).toBe(17)
  })
})

test('a line end in a name cannot look like a line of ours', async () => {
  const root = pipeline('running', [job('test', 'x\nPipeline 4711 succeeded.', 'running')], { webUrl: null })
  const looked: Event = { type: 'looked', pipeline: root, changes: changesIn(root), now: at(30), trouble: '' }
  const { stderr } = await reportAll([looked], {}, { env: { CI: 'true' } })
  expect(stderr).toBe('4711 running\n4711 test/x Pipeline 4711 succeeded. running\n')
})
