import { request } from 'node:https'
import type { GitlabVersion, Sandbox } from '../../src/sandbox/server.ts'
import { startSandbox } from '../../src/sandbox/server.ts'
import { exchange, get } from './helpers/raw.ts'
import { cert, key } from './helpers/tls.ts'

type TokenName = keyof Sandbox['tokens']

interface Told {
  status: number
  body: Record<string, unknown>
  sandbox: Sandbox
}

const path = (api: 'v3' | 'v4', project: number): string =>
  `/api/${api}/projects/${project}/trigger/${api === 'v3' ? 'builds' : 'pipeline'}`

async function start(
  gitlab: GitlabVersion,
  api: 'v3' | 'v4',
  project: number,
  token: TokenName,
  more: object,
): Promise<Told> {
  const sandbox = await startSandbox({ gitlab, now: () => 0 })
  const body = Buffer.from(JSON.stringify({ token: sandbox.tokens[token], ref: 'master', ...more }))
  const head = [
    `POST ${path(api, project)} HTTP/1.1`,
    'Content-Type: application/json',
    `Content-Length: ${body.length}`,
  ]
  const reply = await exchange(sandbox.url, { head, body })
  await sandbox.close()
  return { status: reply.status, body: JSON.parse(reply.body.toString()) as Record<string, unknown>, sandbox }
}

const base = (text: string): object => ({ message: { base: [text] } })
const noJobs =
  'Pipeline will not run for the selected trigger. The rules configuration prevented any jobs from being added to the pipeline.'
const yaml = 'jobs config should contain at least one visible job'

// prettier-ignore
const refs: [GitlabVersion, 'v3' | 'v4', ref: string, status: number, part: object, left: string[]][] = [
  ['18.9', 'v4', 'broken', 422, base(yaml), ['failed']],
  ['10.3', 'v4', 'broken', 201, { status: 'failed', yaml_errors: yaml }, ['failed']],
  ['8.17', 'v3', 'broken', 201, { variables: null }, ['failed']],
  ['8.5', 'v3', 'broken', 400, { message: 'No builds created' }, []],
  ['18.9', 'v4', 'empty', 400, base(noJobs), []],
  ['10.3', 'v4', 'empty', 400, base('No stages / jobs for this pipeline.'), []],
  ['8.17', 'v3', 'empty', 400, { message: 'No builds created' }, []],
  ['18.9', 'v4', 'both', 400, base('Ref is ambiguous'), []],
  ['18.9', 'v4', 'refs/tags/both', 201, { ref: 'both', tag: true, status: 'created' }, ['']],
  ['18.9', 'v4', 'refs/heads/both', 201, { ref: 'both', tag: false }, ['']],
  ['18.9', 'v4', 'failing', 201, { status: 'created' }, ['']],
]

test.each(refs)('%s %s ref %s: %i', async (gitlab, api, ref, status, part, left) => {
  const told = await start(gitlab, api, 9, 'trigger', { ref })
  expect(told.status).toBe(status)
  expect(told.body).toMatchObject(part)
  expect(told.sandbox.pipelines.map(({ fixedStatus }) => fixedStatus ?? '')).toEqual(left)
})

const M404 = { message: '404 Not Found' }

// prettier-ignore
const tokens: [GitlabVersion, TokenName, project: number, status: number, part: object][] = [
  ['18.9', 'job', 9, 201, { source: 'pipeline' }],
  ['18.9', 'job', 10, 201, { source: 'pipeline', project_id: 10 }],
  ['18.9', 'job', 11, 404, M404],
  ['18.9', 'finishedJob', 9, 401, { message: 'Job is not running' }],
  ['18.9', 'outsideJob', 9, 404, M404],
  ['18.9', 'api', 9, 404, M404],
  ['18.9', 'publicTrigger', 10, 201, { source: 'trigger' }],
  ['18.9', 'publicTrigger', 9, 404, M404],
  ['10.3', 'job', 9, 404, M404],
]

test.each(tokens)('%s: %s in project %i: %i', async (gitlab, token, project, status, part) => {
  const told = await start(gitlab, 'v4', project, token, {})
  expect(told.status).toBe(status)
  expect(told.body).toMatchObject(part)
})

const many = Object.fromEntries(Array.from({ length: 21 }, (_, index) => [`i${index}`, 'v']))

// prettier-ignore
const inputs: [GitlabVersion, inputs: unknown, status: number, part: object, stored: [string, unknown][]][] = [
  ['18.9', { environment: 'prod', replicas: 3, dry: true, regions: ['a'] }, 201, {}, [['environment', 'prod'], ['replicas', 3], ['dry', true], ['regions', ['a']]]],
  ['18.9', { replicas: '3', dry: 'false', regions: '["a","b"]' }, 201, {}, [['replicas', 3], ['dry', false], ['regions', ['a', 'b']]]],
  ['18.9', { environment: '3' }, 201, {}, [['environment', '3']]],
  ['18.9', { replicas: 'many' }, 422, base('`.gitlab-ci.yml`: `replicas` input: provided value is not a number'), []],
  ['18.9', { regions: 'a' }, 422, base('`.gitlab-ci.yml`: `regions` input: provided value is not an array'), []],
  ['18.9', { nothing: '1' }, 422, base('`.gitlab-ci.yml`: unknown input arguments: nothing'), []],
  ['18.9', { nothing: '1', dry: 'x', regions: 'a', replicas: 'y' }, 422, base('`.gitlab-ci.yml`: unknown input arguments: nothing, `replicas` input: provided value is not a number, `dry` input: provided value is not a boolean'), []],
  ['18.9', many, 400, base('There cannot be more than 20 inputs'), []],
  ['18.9', 'text', 400, { error: 'inputs is invalid' }, []],
  ['10.3', { nothing: '1' }, 201, {}, []],
]

test.each(inputs)('%s: inputs %j: %i', async (gitlab, sent, status, part, stored) => {
  const told = await start(gitlab, 'v4', 9, 'trigger', { inputs: sent })
  expect(told.status).toBe(status)
  expect(told.body).toMatchObject(part)
  expect(told.sandbox.pipelines.flatMap((pipeline) => [...pipeline.inputs])).toEqual(stored)
  // What the CI file refuses leaves a failed pipeline; more than twenty inputs leave none.
  const left = told.sandbox.pipelines.map(({ fixedStatus }) => fixedStatus ?? 'lives')
  expect(left).toEqual(status === 422 ? ['failed'] : status === 201 ? ['lives'] : [])
})

test('the payload holds every parameter but the token', async () => {
  const { sandbox } = await start('18.9', 'v4', 9, 'trigger', { zap: 'x', variables: { A: '1' } })
  expect(JSON.parse(sandbox.pipelines[0]!.payload!)).toEqual({
    ref: 'master',
    id: '9',
    zap: 'x',
    variables: { A: '1' },
  })
})

test('the number that v3 answers is of neither a pipeline nor a build', async () => {
  const { body, sandbox } = await start('8.17', 'v3', 9, 'trigger', {})
  expect(body).toEqual({ id: 101, variables: null })
  expect(sandbox.pipelines.map(({ id, jobs }) => [id, ...jobs.map((job) => job.id)])).toEqual([
    [4711, 9001, 9002, 9003],
  ])
})

test('tokens look as they do in their version', async () => {
  const shapes: [GitlabVersion, RegExp, RegExp][] = [
    ['8.5', /^[0-9a-f]{30}$/, /^[0-9a-f]{20}$/],
    ['18.9', /^glptt-[0-9a-f]{40}$/, /^glpat-[0-9a-f]{20}$/],
  ]
  for (const [gitlab, trigger, api] of shapes) {
    const sandbox = await startSandbox({ gitlab, now: () => 0 })
    expect(sandbox.tokens.trigger).toMatch(trigger)
    expect(sandbox.tokens.api).toMatch(api)
    await sandbox.close()
  }
})

test('a relative-URL install answers under its prefix only', async () => {
  const sandbox = await startSandbox({ now: () => 0, prefix: '/gitlab' })
  expect(sandbox.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/gitlab$/)
  const headers = [`PRIVATE-TOKEN: ${sandbox.tokens.api}`]
  expect((await get(sandbox.url, '/api/v4/version', headers)).status).toBe(200)
  const outside = await get(new URL(sandbox.url).origin, '/api/v4/version', headers)
  expect([outside.status, outside.headers['content-type']]).toEqual([404, 'text/html; charset=utf-8'])
  await sandbox.close()
})

test('with a key and a certificate it speaks HTTPS', async () => {
  const sandbox = await startSandbox({ now: () => 0, tls: { key, cert } })
  const status = await new Promise((resolve, reject) => {
    const headers = { 'private-token': sandbox.tokens.api }
    request(`${sandbox.url}/api/v4/version`, { ca: cert, headers, agent: false }, (reply) => {
      reply.resume()
      resolve(reply.statusCode)
    })
      .on('error', reject)
      .end()
  })
  expect([sandbox.url.split(':')[0], status]).toEqual(['https', 200])
  await sandbox.close()
})

test('a port that is taken is an error', async () => {
  const sandbox = await startSandbox({ now: () => 0 })
  const port = Number(new URL(sandbox.url).port)
  await expect(startSandbox({ now: () => 0, port })).rejects.toThrow('EADDRINUSE')
  await sandbox.close()
})
