import { startSandbox, type Sandbox, type SandboxOptions } from '../../src/sandbox/server.ts'
import { start, type WorldOptions } from './world.ts'

/** A sandbox for one test file: `gitlab()` is the one of the present test; each test has its own, closed after it. */
export function useGitlab(options: Partial<SandboxOptions> = {}): () => Sandbox {
  let sandbox: Sandbox | undefined
  beforeEach(async () => {
    sandbox = await startSandbox({ now: () => start, paceMs: 0, ...options })
  })
  afterEach(() => sandbox?.close())
  return () => {
    if (!sandbox) throw new Error('no sandbox outside a test')
    return sandbox
  }
}

/** A sandbox for all tests of a describe that leave nothing behind in it. */
export function useOneGitlab(): () => Sandbox {
  let sandbox: Sandbox | undefined
  beforeAll(async () => {
    sandbox = await startSandbox({ now: () => start, paceMs: 0 })
  })
  afterAll(() => sandbox?.close())
  return () => {
    if (!sandbox) throw new Error('no sandbox outside a test')
    return sandbox
  }
}

/** The environment in which only a ref is missing to trigger project 9. */
export function environment({ url, tokens }: Sandbox, more: Record<string, string> = {}): WorldOptions {
  return {
    env: {
      GITLAB_TRIGGER_SERVER: url,
      GITLAB_TRIGGER_PROJECT: '9',
      GITLAB_TRIGGER_TOKEN: tokens.trigger,
      ...more,
    },
  }
}

/** The POSTs that a sandbox saw. */
export function posts(sandbox: Sandbox): Sandbox['requests'] {
  return sandbox.requests.filter(({ method }) => method === 'POST')
}

/** The fields of the last POST, by name; the values as text. */
export function lastFields(sandbox: Sandbox): Record<string, string> {
  const last = posts(sandbox).at(-1)
  return Object.fromEntries((last?.fields ?? []).map(([name, value]) => [name, value.toString()]))
}
