/** One row of the table of policies. */
interface PolicyRow {
  /**
   * What is sent again: `transient` failures (retry/transient.ts) until the deadline of the command; `polled` ones until the grace of the
   * poll has passed (retry/grace.ts); `unprocessed` requests only, `--retry` times (retry/post.ts).
   */
  repeats: 'transient' | 'polled' | 'unprocessed' | 'nothing'
  /** The most times that it is sent. */
  attempts: number
  /** Whether connections stay open for the next request, and answers are remembered by their ETag. What changes something has its own. */
  isKeptAlive: boolean
}

/** How each kind of request is sent. Every request names its row; nothing but the sender repeats a request. */
export const requestPolicies = {
  /** A GET that a command needs. */
  read: { repeats: 'transient', attempts: Infinity, isKeptAlive: true },
  /** A GET that will be asked again anyway, to see a pipeline change. */
  poll: { repeats: 'polled', attempts: Infinity, isKeptAlive: true },
  /** The POST that starts a pipeline, or tests a trigger token. */
  trigger: { repeats: 'unprocessed', attempts: Infinity, isKeptAlive: false },
  /** Whatever changes something else. */
  write: { repeats: 'nothing', attempts: 1, isKeptAlive: false },
  /** A change that is the same when it is made twice: to cancel. */
  'idempotent write': { repeats: 'transient', attempts: 3, isKeptAlive: false },
  /** What only helps to explain: certificates, suggested refs; and the heartbeat. */
  probe: { repeats: 'nothing', attempts: 1, isKeptAlive: false },
} as const satisfies Record<string, PolicyRow>

/** The name of a policy. */
export type RequestPolicy = keyof typeof requestPolicies
