import type { Sandbox, SandboxOptions, Script } from '../../../src/sandbox/server.ts'
import { startSandbox } from '../../../src/sandbox/server.ts'
import type { Reply } from './raw.ts'
import { exchange } from './raw.ts'

/** A job, a bridge or a pipeline, as far as the tests look. */
export interface Told {
  id: number
  status: string
  name: string
  started_at: string | null
  finished_at: string | null
  failure_reason?: string
  tag_list: string[]
  runner: unknown
  web_url: string
  detailed_status: { label: string; group: string; text: string }
  downstream_pipeline: { id: number; project_id: number; status: string; source: string } | null
}

/** One sandbox with a directed pipeline of project 9, and short ways to ask it. */
export interface Directed {
  sandbox: Sandbox
  id: number
  setClock: (ms: number) => void
  call: (method: string, path: string, headers?: string[]) => Promise<Reply>
  read: <T = Told>(path: string) => Promise<T>
  /** The statuses of the pipeline and of its jobs in their order, in one look. */
  look: () => Promise<string[]>
  /** The newest job of a name. */
  jobId: (name: string) => number
}

/** Runs a test against a pipeline with a script, and closes the sandbox. */
export async function directed(
  script: Script | undefined,
  use: (it: Directed) => Promise<void>,
  options: Partial<SandboxOptions> = {},
): Promise<void> {
  let clock = 0
  const sandbox = await startSandbox({ now: () => clock, ...options })
  const api = ['8.5', '8.17'].includes(options.gitlab ?? '') ? 'v3' : 'v4'
  if (script !== undefined) sandbox.script('master', script)
  const { id } = sandbox.addPipeline()
  const call: Directed['call'] = (
    method,
    path,
    headers = [`PRIVATE-TOKEN: ${sandbox.tokens.api}`, 'Content-Length: 0'],
  ) =>
    exchange(sandbox.url, {
      head: [`${method} /api/${api}/projects/9${path} HTTP/1.1`, ...headers],
      body: Buffer.alloc(0),
    })
  const read = async <T = Told>(path: string): Promise<T> =>
    JSON.parse((await call('GET', path)).body.toString()) as T
  const look = async (): Promise<string[]> => {
    const { status } = await read(`/pipelines/${id}`)
    const jobs = await read<Told[]>(`/pipelines/${id}/jobs`)
    return [status, ...jobs.reverse().map((job) => job.status)]
  }
  const jobId = (name: string): number => {
    const job = sandbox.pipelines[0]!.jobs.findLast((one) => one.name === name)
    return job!.id
  }
  try {
    await use({
      sandbox,
      id,
      setClock: (ms) => {
        clock = ms
      },
      call,
      read,
      look,
      jobId,
    })
  } finally {
    await sandbox.close()
  }
}
