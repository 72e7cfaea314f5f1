import http from 'node:http'
import https from 'node:https'
import type { Sandbox } from '../../src/sandbox/server.ts'

/**
 * A line for every command that talks to a server, which succeeds for a maintainer of project 9 once pipeline 4711, pipeline 4712 that waits for manual action,
 * pipeline 4713 that has finished, and schedule 13 are there. In it
 * `{}` is a folder of the test, `~` a blank.
 */
export const serverLines: Readonly<Record<string, string>> = {
  run: 'run --ref master',
  pipelines: 'pipelines',
  wait: 'wait 4711',
  status: 'status 4711',
  open: 'open 4711',
  logs: 'logs 4711',
  artifacts: 'artifacts 4713 --to {}/artifacts',
  cancel: 'cancel 4711',
  retry: 'retry 4711',
  play: 'play 4712 9006',
  'tokens list': 'tokens list',
  'tokens create': 'tokens create --description x',
  'tokens update': 'tokens update 31 --description x',
  'tokens revoke': 'tokens revoke 31 --yes',
  'tokens rotate': 'tokens rotate 31 --yes --save-to {}/new --expires never',
  'tokens test': 'tokens test',
  projects: 'projects seed',
  refs: 'refs',
  doctor: 'doctor --no-color',
  'schedule gitlab create': 'schedule gitlab create --ref master --at 5~0~*~*~*',
  'schedule gitlab list': 'schedule gitlab list',
  'schedule gitlab run': 'schedule gitlab run 13',
  'schedule gitlab delete': 'schedule gitlab delete 13',
}

/** What of a sandbox is needed to make what the lines are about. */
type Preparable = Pick<Sandbox, 'url' | 'tokens' | 'addPipeline'>

/** Makes the pipelines 4711, 4712 and, over, 4713, as triggers do. */
export function preparePipelines({ addPipeline }: Pick<Preparable, 'addPipeline'>): void {
  for (const ref of ['master', 'manual']) addPipeline({ ref, source: 'trigger', username: 'seed' })
  addPipeline({ ref: 'master', source: 'trigger', username: 'seed', createdAt: Date.UTC(2026, 10, 20) })
}

/** The same, and schedule 13. */
export async function prepareServer(server: Preparable): Promise<void> {
  preparePipelines(server)
  const { url, tokens } = server
  const { protocol } = new URL(url)
  const options = {
    method: 'POST',
    headers: { 'private-token': tokens.api, 'content-type': 'application/json' },
    agent: false,
    rejectUnauthorized: false,
  }
  const path = `${url}/api/v4/projects/9/pipeline_schedules`
  await new Promise<void>((resolve, reject) => {
    const sent = (protocol === 'https:' ? https : http).request(path, options, (answer) => {
      answer.resume().once('end', resolve)
    })
    sent.once('error', reject)
    sent.end(JSON.stringify({ description: 'nightly', ref: 'master', cron: '5 0 * * *', active: true }))
  })
}

/** The words of such a line. */
export function wordsOf(line: string, folder: string): string[] {
  return line
    .split(' ')
    .filter(Boolean)
    .map((word) => word.replaceAll('~', ' ').replaceAll('{}', folder))
}
