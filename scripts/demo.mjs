// Shows the main use step by step with the embedded sandbox: `npm run demo`. It runs inside `gitlab-trigger
// sandbox -- …`, which sets GITLAB_TRIGGER_*.
import { execFileSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { setTimeout as sleep } from 'node:timers/promises'

const program = fileURLToPath(new URL('../bin/gitlab-trigger.js', import.meta.url))
const { GITLAB_TRIGGER_SERVER: server, GITLAB_TRIGGER_API_TOKEN: apiToken } = process.env

const read = async (path) => {
  const response = await fetch(`${server}/api/v4/projects/9${path}`, {
    headers: { 'PRIVATE-TOKEN': apiToken },
  })
  if (!response.ok) throw new Error(`GET ${path}: ${response.status}`)
  return response
}

console.log(`A stand-in for GitLab is at ${server}; project 9 has the sample .gitlab-ci.yml.\n`)

const line = ['--project', '9', '--ref', 'master', '--var', 'UPLOAD_TO_S3=true']
console.log(`$ gitlab-trigger ${line.join(' ')}`)
const id = execFileSync(process.execPath, [program, ...line], { encoding: 'utf8' }).trim()
console.log(`${id}\n`)

let status = ''
while (!['success', 'failed', 'canceled', 'skipped'].includes(status)) {
  const pipeline = await (await read(`/pipelines/${id}`)).json()
  if (pipeline.status !== status) console.log(`pipeline ${id}: ${pipeline.status}`)
  status = pipeline.status
  await sleep(50)
}

const variables = await (await read(`/pipelines/${id}/variables`)).json()
console.log('\nGitLab stored:', variables.map(({ key, value }) => `${key}=${value}`).join(', '))

const jobs = await (await read(`/pipelines/${id}/jobs`)).json()
const upload = jobs.find(({ name }) => name === 'upload_package')
const log = await (await read(`/jobs/${upload.id}/trace`)).text()
console.log(`\nThe log of job ${upload.id}, upload_package:`)
console.log(
  log
    .replace(/\x1b\[[0-9;]*[mK]|section_\w+:\d+:\w+\r?/g, '')
    .replace(/^(.{0,90}).*/gm, '  $1')
    .trimEnd(),
)

if (status !== 'success' || !log.includes('true')) process.exitCode = 1
