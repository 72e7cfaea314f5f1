import type { IncomingMessage, ServerResponse } from 'node:http'
import { serve, type Running } from '../../src/sandbox/http/serve.ts'
import { direct } from '../../src/sandbox/script/direct.ts'
import type { GitlabVersion, Pipeline, Script, Tokens } from '../../src/sandbox/server.ts'
import { addPipeline } from '../../src/sandbox/world/add-pipeline.ts'
import { newWorld } from '../../src/sandbox/world/world.ts'

/** An answer that is on its way. */
export interface Given {
  status: number
  headers: Record<string, string>
  body: Buffer
}

/** A sandbox that answers what it is handed, and has no port: a second connection for each request would take half of the time. */
export interface PortlessSandbox {
  tokens: Tokens
  /** All pipelines, as they are on record. */
  pipelines: readonly Pipeline[]
  /** The URL under which it is reached, for the links in its answers. */
  isAt(url: string): void
  answer(message: IncomingMessage): Promise<Given>
  script(ref: string, script: Script): void
  addPipeline(ref: string, createdAt: number): void
}

/** What `serve` needs of a response; `done` gets the whole answer. */
function collecting(done: (given: Given) => void): ServerResponse {
  const given: Given = { status: 0, headers: {}, body: Buffer.alloc(0) }
  const write = (chunk: Buffer | undefined): boolean => {
    if (chunk) given.body = given.body.length === 0 ? chunk : Buffer.concat([given.body, chunk])
    return true
  }
  const response = {
    destroyed: false,
    on: () => response,
    setHeader: (name: string, value: string) => void (given.headers[name] = value),
    writeHead(status: number, headers: Record<string, string>) {
      given.status = status
      Object.assign(given.headers, headers)
    },
    write,
    end(chunk?: Buffer) {
      write(chunk)
      done(given)
    },
  }
  return response as unknown as ServerResponse
}

/** Makes a sandbox that moves with the clock. */
export function portlessSandbox(
  gitlab: GitlabVersion,
  { now, paceMs }: Pick<Running, 'now' | 'paceMs'>,
): PortlessSandbox {
  const running: Running = {
    ...{ world: newWorld(gitlab), url: '', prefix: '', hosts: [], requests: [], faults: [], now, paceMs },
    ...{ jobsAfterPolls: 0, rateLimit: undefined, rateCount: { minute: 0, requests: 0 } },
  }
  return {
    tokens: running.world.tokens,
    pipelines: running.world.pipelines,
    isAt(url) {
      running.url = url
    },
    answer: (message) =>
      new Promise((resolve) => {
        serve(running, message, collecting(resolve))
      }),
    script(ref, script) {
      direct(running.world, ref, script)
    },
    addPipeline(ref, createdAt) {
      addPipeline(running.world, { ref, createdAt }, now())
    },
  }
}
