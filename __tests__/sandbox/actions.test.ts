import type { GitlabVersion, Sandbox, Script } from '../../src/sandbox/server.ts'
import type { Told } from './helpers/directed.ts'
import { directed } from './helpers/directed.ts'

/** Jobs that stand still in every kind of status. */
const still: Script = {
  jobs: [
    { name: 'done', stage: 'a', statuses: ['success'] },
    { name: 'bad', stage: 'a', statuses: ['failed'] },
    { name: 'going', stage: 'a', statuses: ['running'] },
    { name: 'queued', stage: 'a', stuck: true, statuses: ['pending'] },
    { name: 'hand', stage: 'a', when: 'manual', statuses: ['manual'] },
    { name: 'later', stage: 'b' },
  ],
}

// prettier-ignore
const actions: [action: string, job: string, status: number, told: string][] = [
  ['cancel', 'done', 201, 'success'], ['cancel', 'bad', 201, 'failed'], ['cancel', 'going', 201, 'canceling'],
  ['cancel', 'queued', 201, 'canceled'], ['cancel', 'hand', 201, 'manual'], ['cancel', 'later', 201, 'canceled'],
  ['retry', 'done', 201, 'pending'], ['retry', 'bad', 201, 'pending'],
  ['retry', 'going', 403, '403 Forbidden - Job is not retryable'], ['retry', 'later', 403, '403 Forbidden - Job is not retryable'],
  ['play', 'hand', 200, 'pending'], ['play', 'going', 400, '400 Bad request - Unplayable Job'],
  ['play', 'done', 400, '400 Bad request - Unplayable Job'], ['play', 'later', 400, '400 Bad request - Unplayable Job'],
]

test.each(actions)('%s of the job %s: %i %s', (action, job, status, told) =>
  directed(still, async ({ call, jobId, look }) => {
    await look()
    await look()
    const id = jobId(job)
    const reply = await call('POST', `/jobs/${id}/${action}`)
    const body = JSON.parse(reply.body.toString()) as { id: number; status?: string; message?: string }
    expect([reply.status, body.status ?? body.message]).toEqual([status, told])
    if (status < 300) expect(body.id === id).toBe(action !== 'retry')
  }),
)

type Who = 'nobody' | 'bad' | keyof Sandbox['tokens'] | 'as job'
const scope = {
  error: 'insufficient_scope',
  error_description: 'The request requires higher privileges than provided by the access token.',
  scope: 'mcp ai_workflows api read_api',
}

// prettier-ignore
const rights: [GitlabVersion, Who, path: string, status: number, body: object][] = [
  ['18.9', 'nobody', '/pipelines/4711/cancel', 401, { message: '401 Unauthorized' }],
  ['18.9', 'bad', '/pipelines/4711/cancel', 401, { message: '401 Unauthorized' }],
  ['18.9', 'trigger', '/pipelines/4711/cancel', 401, { message: '401 Unauthorized' }],
  ['18.9', 'as job', '/pipelines/4711/cancel', 401, { message: '401 Unauthorized' }],
  ['18.9', 'as job', '/jobs/9001/retry', 401, { message: '401 Unauthorized' }],
  ['18.9', 'readApi', '/pipelines/4711/cancel', 403, scope],
  ['18.9', 'reporter', '/pipelines/4711/retry', 403, { message: '403 Forbidden' }],
  ['18.9', 'api', '/pipelines/4711/cancel', 200, { id: 4711, status: 'canceled' }],
  ['18.9', 'api', '/pipelines/4711/retry', 201, { id: 4711 }],
  ['18.9', 'api', '/pipelines/1/cancel', 404, { message: '404 Not found' }],
  ['18.9', 'api', '/pipelines/abc/cancel', 400, { error: 'pipeline_id is invalid' }],
  ['18.9', 'api', '/jobs/1/play', 404, { message: '404 Not found' }],
  ['10.3', 'api', '/pipelines/4711/cancel', 200, { id: 4711, status: 'canceled' }],
  ['10.3', 'api', '/jobs/9001/cancel', 201, { id: 9001, status: 'canceled' }],
  ['8.17', 'api', '/pipelines/4711/cancel', 200, { id: 4711, status: 'canceled' }],
  ['8.17', 'api', '/builds/9001/cancel', 201, { id: 9001, status: 'canceled' }],
  ['8.17', 'api', '/builds/9001/retry', 403, { message: '403 Forbidden - Build is not retryable' }],
  ['8.17', 'api', '/builds/9001/play', 400, { message: '400 Bad request - Unplayable Job' }],
  ['8.5', 'api', '/builds/9001/cancel', 201, { id: 9001, status: 'canceled' }],
  ['8.5', 'api', '/pipelines/4711/cancel', 404, {}],
]

test.each(rights)('%s: %s does %s: %i', (gitlab, who, path, status, body) =>
  directed(
    undefined,
    async ({ call, sandbox }) => {
      const { tokens } = sandbox
      const headers: Record<string, string[]> = {
        nobody: [],
        bad: ['PRIVATE-TOKEN: bad'],
        'as job': [`JOB-TOKEN: ${tokens.job}`],
      }
      const mine = headers[who] ?? [`PRIVATE-TOKEN: ${tokens[who as keyof Sandbox['tokens']]}`]
      const reply = await call('POST', path, [...mine, 'Content-Length: 0'])
      expect(reply.status).toBe(status)
      if (status !== 404 || gitlab !== '8.5') expect(JSON.parse(reply.body.toString())).toMatchObject(body)
    },
    { gitlab },
  ),
)

test('a retry gives new numbers, and the old jobs only on request', () =>
  directed({ failsInStage: 'build' }, async ({ call, look, read, id }) => {
    for (let poll = 0; poll < 6; poll += 1) await look()
    await call('POST', `/pipelines/${id}/retry`)
    // The second list of jobs begins another look.
    const ids = async (query: string): Promise<number[]> =>
      (await read<Told[]>(`/pipelines/${id}/jobs${query}`)).map((job) => job.id)
    expect(await ids('')).toEqual([9004, 9003, 9001])
    expect(await ids('?include_retried=true')).toEqual([9004, 9003, 9002, 9001])
    const seen: string[] = []
    for (let poll = 0; poll < 6; poll += 1) seen.push((await look())[0]!)
    expect(seen).toEqual(['running', 'running', 'running', 'success', 'success', 'success'])
  }))

test('what has ended is not canceled, and the answer is 200 all the same', () =>
  directed(
    undefined,
    async ({ call, id, look }) => {
      expect((await call('POST', `/pipelines/${id}/cancel`)).status).toBe(200)
      expect(await look()).toEqual(['success', 'success', 'success', 'success'])
    },
    { paceMs: 0 },
  ))

test('a played job lets the pipeline go on', () =>
  directed(
    {
      jobs: [
        { name: 'm', stage: 'm', when: 'manual' },
        { name: 'z', stage: 'z' },
      ],
    },
    async ({ call, look, jobId }) => {
      const seen = [(await look())[0], (await look())[0]]
      await call('POST', `/jobs/${jobId('m')}/play`)
      for (let poll = 0; poll < 6; poll += 1) seen.push((await look())[0])
      expect(seen).toEqual([
        'created',
        'manual',
        'pending',
        'running',
        'running',
        'running',
        'success',
        'success',
      ])
    },
  ))
