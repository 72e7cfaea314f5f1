// The usual calls of @gitbeaker/rest, each with its result on a line: name, tab, result as JSON.
import { Gitlab } from '@gitbeaker/rest'

const { URL: host, API: token, TRIGGER: trigger, JOB: jobToken } = process.env
const api = new Gitlab({ host, token })

/** Prints a call and its result, or the error of GitLab. */
async function call(name, act) {
  let result
  try {
    result = await act()
  } catch (error) {
    const { response, description } = error.cause ?? {}
    result = `${error.name} ${response?.status} ${description}`
  }
  process.stdout.write(`${name}\t${JSON.stringify(result)}\n`)
  return result
}

const ids = (items) => items.map(({ id }) => id).join(' ')
const names = (items) => items.map(({ name }) => name).join(' ')
const sizeOf = async (blob) => await blob.slice(0, 2).text()

await call('Users.showCurrentUser', async () => (await api.Users.showCurrentUser()).username)
await call('Metadata.show', async () => (await api.Metadata.show()).version)
await call('Projects.all', async () => ids(await api.Projects.all({ membership: true, simple: true })))
await call('Projects.all keyset', async () =>
  ids(await api.Projects.all({ pagination: 'keyset', orderBy: 'id', perPage: 2 })),
)
await call('Projects.all search', async () =>
  ids(await api.Projects.all({ search: 'seed', searchNamespaces: true, perPage: 1 })),
)
await call('Projects.show', async () => (await api.Projects.show('seed/app')).id)
await call('Branches.all', async () => names(await api.Branches.all(9, { search: '^feature' })))
await call('Branches.show', async () => (await api.Branches.show(9, 'feature/x')).name)
await call('Tags.all', async () => names(await api.Tags.all(9)))
await call('Commits.all', async () => (await api.Commits.all(9, { refName: 'master' })).length)
await call('Commits.show', async () => (await api.Commits.show(9, 'master')).title)

const made = await api.PipelineTriggerTokens.create(9, 'from JavaScript')
await call('PipelineTriggerTokens.create', () => [made.id, made.token.slice(0, 6), made.owner.username])
await call('PipelineTriggerTokens.all', async () => ids(await api.PipelineTriggerTokens.all(9)))
await call(
  'PipelineTriggerTokens.show',
  async () => (await api.PipelineTriggerTokens.show(9, 31)).description,
)
await call(
  'PipelineTriggerTokens.edit',
  async () => (await api.PipelineTriggerTokens.edit(9, made.id, { description: 'changed' })).description,
)
await call('PipelineTriggerTokens.remove', () => api.PipelineTriggerTokens.remove(9, made.id))
await call('PipelineTriggerTokens.show again', () => api.PipelineTriggerTokens.show(9, made.id))
const id = await call(
  'PipelineTriggerTokens.trigger',
  async () =>
    (await api.PipelineTriggerTokens.trigger(9, 'master', trigger, { variables: { UPLOAD_TO_S3: 'true' } }))
      .id,
)
await call('PipelineTriggerTokens.trigger unknown ref', () =>
  api.PipelineTriggerTokens.trigger(9, 'nope', trigger),
)
await call('PipelineTriggerTokens.trigger wrong token', () =>
  api.PipelineTriggerTokens.trigger(9, 'master', 'wrong'),
)

await call(
  'Pipelines.create',
  async () => (await api.Pipelines.create(9, 'master', { variables: [{ key: 'A', value: '1' }] })).source,
)
await call('Pipelines.create unknown ref', () => api.Pipelines.create(9, 'nope'))
await call('Pipelines.all', async () =>
  ids(await api.Pipelines.all(9, { ref: 'master', source: 'trigger', orderBy: 'id' })),
)
await call('Pipelines.all, all pages', async () => (await api.Pipelines.all(9, { perPage: 1 })).length)
await call('Pipelines.show', async () => (await api.Pipelines.show(9, id)).status)
await call('Pipelines.showLatest', async () => (await api.Pipelines.showLatest(9, { ref: 'master' })).source)
await call('Pipelines.allVariables', async () =>
  (await api.Pipelines.allVariables(9, id)).map(({ key }) => key),
)
await call('Pipelines.showTestReport', async () => (await api.Pipelines.showTestReport(9, id)).total_count)
await call(
  'Pipelines.showTestReportSummary',
  async () => (await api.Pipelines.showTestReportSummary(9, id)).total.count,
)

const jobs = await api.Jobs.all(9, { pipelineId: id })
const [upload, build] = jobs.map((job) => job.id)
await call('Jobs.all of a pipeline', () => names(jobs))
await call('Jobs.all', async () => (await api.Jobs.all(9, { perPage: 2 })).length)
await call(
  'Jobs.all keyset',
  async () => (await api.Jobs.all(9, { pagination: 'keyset', orderBy: 'id', perPage: 2 })).length,
)
await call('Jobs.allPipelineBridges', async () => (await api.Jobs.allPipelineBridges(9, id)).length)
await call('Jobs.show', async () => (await api.Jobs.show(9, build)).artifacts_file.filename)
await call('Jobs.showLog', async () => (await api.Jobs.showLog(9, upload)).includes('UPLOAD_TO_S3=true'))
await call('JobArtifacts.downloadArchive job', async () =>
  sizeOf(await api.JobArtifacts.downloadArchive(9, { jobId: build })),
)
await call('JobArtifacts.downloadArchive file', () =>
  api.JobArtifacts.downloadArchive(9, { jobId: build, artifactPath: 'report.xml' }),
)
await call('JobArtifacts.downloadArchive ref', async () =>
  sizeOf(await api.JobArtifacts.downloadArchive(9, { ref: 'master', job: 'build_package' })),
)
await call('JobArtifacts.keep', async () => (await api.JobArtifacts.keep(9, build)).id === build)
await call('JobArtifacts.remove', () => api.JobArtifacts.remove(9, { jobId: build }))
await call('Jobs.erase', async () => (await api.Jobs.erase(9, build)).id === build)
await call('Jobs.erase again', () => api.Jobs.erase(9, build))
await call('Jobs.retry', async () => (await api.Jobs.retry(9, build)).name)
await call('Jobs.play', () => api.Jobs.play(9, upload))

const failed = await api.PipelineTriggerTokens.trigger(9, 'failing', trigger)
await call('Pipelines.retry', async () => (await api.Pipelines.retry(9, failed.id)).id === failed.id)
const going = await api.Pipelines.create(9, 'develop')
await call('Pipelines.cancel', async () => (await api.Pipelines.cancel(9, going.id)).status)
await call('Pipelines.remove', () => api.Pipelines.remove(9, going.id))

const schedule = await api.PipelineSchedules.create(9, 'Nightly', 'master', '30 0 * * *', { active: false })
await call('PipelineSchedules.create', () => [schedule.id, schedule.ref, schedule.active])
await call('PipelineSchedules.create unknown ref', () =>
  api.PipelineSchedules.create(9, 'x', 'gone', '0 0 * * *'),
)
await call(
  'PipelineSchedules.edit',
  async () => (await api.PipelineSchedules.edit(9, schedule.id, { active: true })).active,
)
await call(
  'PipelineScheduleVariables.create',
  async () => (await api.PipelineScheduleVariables.create(9, schedule.id, 'A', '1')).value,
)
await call(
  'PipelineScheduleVariables.edit',
  async () => (await api.PipelineScheduleVariables.edit(9, schedule.id, 'A', '2')).value,
)
await call('PipelineSchedules.show', async () => (await api.PipelineSchedules.show(9, schedule.id)).variables)
await call('PipelineSchedules.run', () => api.PipelineSchedules.run(9, schedule.id))
await call(
  'PipelineSchedules.allTriggeredPipelines',
  async () => (await api.PipelineSchedules.allTriggeredPipelines(9, schedule.id)).length,
)
await call(
  'PipelineSchedules.takeOwnership',
  async () => (await api.PipelineSchedules.takeOwnership(9, schedule.id)).owner.username,
)
await call('PipelineScheduleVariables.remove', () =>
  api.PipelineScheduleVariables.remove(9, schedule.id, 'A'),
)
await call('PipelineSchedules.all', async () => ids(await api.PipelineSchedules.all(9)))
await call('PipelineSchedules.remove', () => api.PipelineSchedules.remove(9, schedule.id))

await call('wrong token', () => new Gitlab({ host, token: 'wrong' }).Users.showCurrentUser())
await call('job token', async () => (await new Gitlab({ host, jobToken }).Pipelines.show(9, id)).id)
