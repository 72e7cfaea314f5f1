import type { Pipeline } from '../../src/sandbox/server.ts'
import { jobLife } from '../../src/sandbox/life/life.ts'
import { runInTime } from '../helpers/clock.ts'
import type { Result } from '../helpers/run.ts'
import { start, type World } from '../helpers/world.ts'
import { startBetween, type Asked } from './between.ts'
import { faultsByPath, type SeenFault } from './faults.ts'
import { partsOf, type Life } from './life.ts'
import { arrivedBytes, buildLog, type BuiltLog, type LogForm } from './log-form.ts'
import { portlessSandbox, type Given, type PortlessSandbox } from './portless-sandbox.ts'
import { isStarted, snapshotOf, type Snapshot } from './snapshot.ts'
import { pipelineId, type TypedLine } from './typed-line.ts'

/** A read of the followed pipeline that arrived as it was: when by the clock of the process and by the server's, and what was on record. */
export interface Look {
  at: number
  wall: number
  tree: Snapshot
}

/** A read that arrived as it was. */
export interface Read {
  path: string
  at: number
  wall: number
}

/** A read of the log of a job that brought something: how long ago the job had ended, and whether the log arrived as it was. */
export interface LogRead {
  job: number
  /** In ms by the server's clock; undefined where it was not over. */
  endedMsAgo: number | undefined
  isGood: boolean
}

/** A change that was asked for. */
export interface Change {
  path: string
  at: number
  wall: number
  /** It was refused, by GitLab or by a fault, or its answer was spoilt. */
  isFaulty: boolean
}

/** The process stood still: when by its clock, and whether the pipeline was asked for afterwards. */
export interface Stop {
  at: number
  isLookedAfter: boolean
}

/** A life that was lived: the result of the line, and what is on record. */
export interface Lived extends Result {
  line: TypedLine
  steps: number
  paceMs: number
  /** How long it took by the clock of the process and by the server's, in ms. */
  tookMs: number
  wallMs: number
  looks: readonly Look[]
  reads: readonly Read[]
  logReads: readonly LogRead[]
  changes: readonly Change[]
  faults: readonly SeenFault[]
  stops: readonly Stop[]
  /** When each request came, in ms since the start. */
  times: readonly number[]
  pipelines: readonly Pipeline[]
  /** As it is on record when the line ends. */
  end: Snapshot | undefined
  /** The logs by the ids of their jobs, as they are once all of them has come. */
  logs: ReadonlyMap<number, BuiltLog>
  secrets: readonly string[]
  server: string
}

/**
 * When the followed pipeline has started, by the server's clock, in ms since 1970. What only jobs tell counts from when it was seen, and a pipeline that starts again from its
 * first start.
 */
export function startOf(looks: readonly Look[]): number {
  const starts = looks
    .filter(({ tree }) => isStarted(tree))
    .map(({ tree, wall }) => Math.min(wall, tree.startedAt ?? Infinity))
  return Math.min(Infinity, ...starts)
}

const root = new RegExp(`/pipelines/${pipelineId}$`)
const ofLog = /\/jobs\/(\d+)\/trace$/

/** Lives a life, until the line that follows it ends. */
export async function live(life: Life): Promise<Lived> {
  const { paceMs, gitlab } = life
  const { script, line, words } = partsOf(life)
  let world: World | undefined
  const wall = (): number => world?.context.wallTime() ?? start
  const clock = (): number => (world?.context.now() ?? start) - start
  const sandbox = portlessSandbox(gitlab, { now: wall, paceMs })
  const secrets = [sandbox.tokens.api, sandbox.tokens.trigger]
  const logs = new Map<number, BuiltLog>()
  const looks: Look[] = []
  const reads: Read[] = []
  const logReads: LogRead[] = []
  const changes: Change[] = []
  const faults: SeenFault[] = []
  const times: number[] = []
  const stops: Stop[] = []
  const choose = { api: faultsByPath(life.faults), logs: faultsByPath(life.logFaults) }
  const recorded = (): Snapshot | undefined => {
    const pipeline = sandbox.pipelines.find(({ id }) => id === pipelineId)
    return pipeline && snapshotOf(pipeline, { now: wall(), paceMs })
  }
  const log = (id: number, asked: Asked): LogNow =>
    logNow(sandbox, id, { now: wall(), paceMs, forms: script.logs, logs, secrets }, asked, gitlab === '19')
  const between = await startBetween(sandbox, {
    now: wall,
    after: (ms, ring) => void world?.context.alarm(ms, ring),
    came({ method, path }) {
      const chosen = (ofLog.test(path) ? choose.logs : choose.api)(method, path)
      const { project, kind, fromMs } = life.closed ?? { fromMs: Infinity }
      const isClosed = clock() >= fromMs && path.includes(`/projects/${project}/`)
      const fault = isClosed && kind ? { after: 0, kind, does: false } : chosen
      times.push(clock())
      if (root.test(path)) for (const stop of stops) stop.isLookedAfter = true
      const seen = fault && { kind: fault.kind, method, path, at: clock() }
      if (seen) faults.push(seen)
      if (method !== 'GET') changes.push({ path, at: clock(), wall: wall(), isFaulty: seen !== undefined })
      return fault
    },
    answered(asked, given, fault) {
      const change = changes.findLast(({ path }) => path === asked.path)
      // Another user may have been faster.
      if (change && given.status >= 400) change.isFaulty = true
      const isGood = !fault || fault.kind === 'whole' || fault.kind === 'slow'
      const isRead = isGood && asked.method === 'GET' && [200, 304].includes(given.status)
      if (isRead) reads.push({ path: asked.path, at: clock(), wall: wall() })
      const tree = root.test(asked.path) && isRead ? recorded() : undefined
      if (tree) looks.push({ at: clock(), wall: wall(), tree })
      const [, id] = ofLog.exec(asked.path) ?? []
      if (id === undefined || given.status !== 200) return given
      const { bytes, endedMsAgo } = log(Number(id), asked)
      const whole = (): Buffer => log(Number(id), { ...asked, query: new URLSearchParams() }).bytes
      logReads.push({ job: Number(id), endedMsAgo, isGood })
      const headers = Object.fromEntries(Object.entries(given.headers).filter(([name]) => name !== 'etag'))
      return { ...given, headers, body: shownBytes(bytes, fault?.kind, whole) } satisfies Given
    },
  })
  try {
    sandbox.script('master', { by: 'clock', jobs: script.jobs, others: script.others })
    if (line.verb !== 'run') sandbox.addPipeline('master', start - life.age * paceMs)
    const env = {
      ...line.env,
      GITLAB_TRIGGER_SERVER: between.url,
      GITLAB_TRIGGER_PROJECT: '9',
      GITLAB_TRIGGER_TOKEN: sandbox.tokens.trigger,
      GITLAB_TRIGGER_API_TOKEN: sandbox.tokens.api,
    }
    const result = await runInTime(between as never, words, { env }, (own) => {
      world = own
      standStill(
        own,
        life,
        () => limitsOf(line, looks, wall() - clock()),
        () => stops.push({ at: clock(), isLookedAfter: false }),
      )
    })
    return {
      ...result,
      ...{
        line,
        paceMs,
        steps: script.steps,
        secrets,
        logs,
        looks,
        reads,
        logReads,
        changes,
        faults,
        stops,
        times,
      },
      ...{ wallMs: wall() - start, pipelines: sandbox.pipelines, end: recorded(), server: between.url },
    }
  } finally {
    await between.close()
  }
}

/** When the limits of a line end, by the clock of the process in ms; the server's is ahead by this. */
function limitsOf(
  { totalTimeout = Infinity, queueTimeout = Infinity, runTimeout = Infinity }: TypedLine,
  looks: readonly Look[],
  aheadMs: number,
): number[] {
  return [totalTimeout * 1000, queueTimeout * 1000, startOf(looks) - aheadMs + runTimeout * 1000]
}

/** Lets the process stand still before some of its sleeps. */
function standStill(world: World, life: Life, limits: () => number[], stopped: () => void): void {
  const sleep = world.context.sleep.bind(world.context)
  let isDue = life.stopsAtLimit
  const stopFor = (ms: number): void => {
    world.suspend(ms)
    stopped()
  }
  world.context.sleep = (ms, signal) => {
    const stop = life.stops.find((each) => each.sleep === world.sleeps.length + 1)
    const now = world.context.now() - start
    if (stop) stopFor(stop.ms)
    else if (isDue && limits().some((at) => now < at && now + ms >= at - 1000)) {
      isDue = false
      stopFor(90_000)
    }
    return sleep(ms, signal)
  }
}

interface LogContext {
  now: number
  paceMs: number
  forms: ReadonlyMap<string, LogForm>
  logs: Map<number, BuiltLog>
  secrets: readonly string[]
}

interface LogNow extends Pick<LogRead, 'endedMsAgo'> {
  bytes: Buffer
}

/** What of a log is there, from where it is asked for. */
function logNow(
  { pipelines }: PortlessSandbox,
  id: number,
  { now, paceMs, forms, logs, secrets }: LogContext,
  { query }: Asked,
  knowsOffsets: boolean,
): LogNow {
  const none = { bytes: Buffer.alloc(0), endedMsAgo: undefined }
  const pipeline = pipelines.find(({ jobs }) => jobs.some((job) => job.id === id))
  const job = pipeline?.jobs.find((each) => each.id === id)
  const form = job && forms.get(job.script)
  if (!pipeline || !job || !form) return none
  const built = logs.get(id) ?? buildLog(form, id, secrets)
  logs.set(id, built)
  const { startedAt, finishedAt, progress } = jobLife(pipeline, job, { now, paceMs })
  if (startedAt === null) return none
  const length =
    finishedAt === null ? Math.floor(built.prompt * progress) : arrivedBytes(form, built, now - finishedAt)
  const from = knowsOffsets ? Number(query.get('byte_offset') ?? 0) : 0
  const most = knowsOffsets ? Number(query.get('byte_limit') ?? Infinity) : Infinity
  const endedMsAgo = finishedAt === null ? undefined : now - finishedAt
  return { bytes: built.raw.subarray(Math.min(from, length), Math.min(length, from + most)), endedMsAgo }
}

/** What comes in place of the bytes that were asked for. */
function shownBytes(bytes: Buffer, kind: SeenFault['kind'] | undefined, whole: () => Buffer): Buffer {
  if (kind === 'shorter') return whole().subarray(0, Math.floor(whole().length / 2))
  if (kind === 'empty') return Buffer.alloc(0)
  return kind === 'whole' ? whole() : bytes
}
