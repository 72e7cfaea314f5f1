import { matchBuilds } from '../../src/gitlab/pipelines/v3-builds.ts'

const target = { base: 'http://127.0.0.1', project: '9' }

const ours = 'a'.repeat(40)
const other = 'b'.repeat(40)

/** A build as 8.17 gives it (with its pipeline), or as 8.5 does (without). */
function build(id: number, pipeline?: number, name = `job ${id}`, ref = 'master', sha = ours): unknown {
  const common = { id, name, stage: 'test', status: 'pending', ref, commit: { id: sha } }
  return pipeline === undefined ? common : { ...common, pipeline: { id: pipeline, sha, ref } }
}

describe('the builds of a v3 trigger (docs/gitlab.md#1.3)', () => {
  const doubtful = /more than one|not certain|may be/
  const certain = /^$/
  const rows: [name: string, builds: unknown[], sha: string | null, ids: number[], doubt: RegExp][] = [
    ['none', [], ours, [], certain],
    [
      'all of one new pipeline, oldest first',
      [build(13, 5), build(12, 5), build(11, 5)],
      ours,
      [11, 12, 13],
      certain,
    ],
    ['old builds do not count', [build(11, 5), build(10, 4), build(9, 4)], ours, [11], certain],
    ['another ref does not count', [build(12, 6, 'x', 'develop'), build(11, 5)], ours, [11], certain],
    ['a ref is not a part of a ref', [build(12, 6, 'x', 'master2'), build(11, 5)], ours, [11], certain],
    [
      'another commit does not count',
      [build(12, 6, 'x', 'master', other), build(11, 5)],
      ours,
      [11],
      certain,
    ],
    ['without a commit to compare', [build(11, 5, 'x', 'master', other)], null, [11], certain],
    ["somebody's retry in an old pipeline", [build(12, 4), build(11, 5)], ours, [11], certain],
    ['two new pipelines', [build(12, 6), build(11, 5)], ours, [11, 12], doubtful],
    ['8.5: one of each name', [build(12), build(11)], ours, [11, 12], certain],
    [
      '8.5: a name twice',
      [build(12, undefined, 'test'), build(11, undefined, 'test')],
      ours,
      [11, 12],
      doubtful,
    ],
    [
      'no usable id',
      [{ id: '11', ref: 'master' }, { ref: 'master' }, null, 'x', 7, build(12, 5)],
      ours,
      [12],
      certain,
    ],
  ]
  test.each(rows)('%s', (_, builds, sha, ids, doubt) => {
    const found = matchBuilds(builds, { build: 10, pipeline: 4, sha, isRefBusy: false }, 'master', target)
    expect(found.jobs.map(({ id }) => id)).toEqual(ids)
    expect(found.doubt).toMatch(doubt)
  })

  test('a job has what GitLab told, null for the rest', () => {
    const found = matchBuilds(
      [build(11, 5), { id: 12, ref: 'master' }],
      { build: 10, pipeline: 4, sha: null, isRefBusy: false },
      'master',
      target,
    )
    expect(found.jobs).toMatchObject([
      { id: 11, name: 'job 11', stage: 'test', status: 'pending' },
      { id: 12, name: null, stage: null, status: null },
    ])
  })
})
