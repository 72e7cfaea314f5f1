import type { RedactedText, SecretRegistry } from '../../core/secret.ts'
import { byteSize } from '../../core/text/byte-size.ts'
import { DeadlineError } from '../../core/errors.ts'
import type { Client } from '../../gitlab/api/client.ts'
import { ApiError } from '../../gitlab/api/reader.ts'
import type { Pipeline } from '../../gitlab/pipelines/pipeline.ts'
import {
  brokenCount,
  brokenXml,
  countTest,
  isBroken,
  reportTags,
  suiteName,
  suiteTags,
  sumOfTests,
  testXml,
  type TestCounts,
} from './junit.ts'
import { pathText, placedPipelines, type PlacedPipeline, type UnreadPart } from '../placed-pipelines.ts'
import { reasonOf } from '../problems.ts'
import { startProgress, type ProgressContext } from '../progress.ts'
import type { Draft, TargetFile } from '../target-file.ts'
import { reportParts } from './test-report-parts.ts'

/** What was written of the test reports of a tree of pipelines. */
export interface WrittenTests {
  tests: number
  suites: number
  /** What could not be read, in words. */
  problems: string[]
  isWritten: boolean
}

/** What writing test reports needs besides their pipelines. */
export interface TestReportContext extends ProgressContext {
  secrets: SecretRegistry
}

/** A suite whose tests are in the draft. */
interface DraftedSuite extends TestCounts {
  name: string
  from: number
  to: number
}

/** The largest test report of one pipeline that is read, in bytes. */
const mostBytes = 100_000_000

/** How often a test report is asked for: the pipeline has ended, and a user waits for the exit code. */
const attempts = 6

/** The body, up to the limit. Throws an ApiError for more, before it is read if the length is known. */
async function* bounded(body: AsyncIterable<Buffer>, length = 0): AsyncGenerator<Buffer> {
  let size = 0
  for await (const piece of body) {
    size += piece.length
    if (Math.max(size, length) > mostBytes)
      throw new ApiError(`the test report is larger than the limit of ${byteSize(mostBytes)}`, 200)
    yield piece
  }
}

/** Adds the tests of one report to the draft as they come. Resolves to its suites. */
async function draftSuites(
  body: AsyncIterable<Buffer>,
  nameOf: (suite: unknown) => string,
  draft: Draft,
  secrets: SecretRegistry,
): Promise<DraftedSuite[]> {
  const suites: DraftedSuite[] = []
  let from = await draft.end()
  let name = ''
  let counts = sumOfTests([])
  for await (const { kind, json } of reportParts(body)) {
    if (kind !== 'test') name = nameOf(json)
    const suite = name
    if (kind === 'test') {
      counts = sumOfTests([counts, countTest(json)])
      await draft.add(secrets.redactInto(json, (each) => `\n${testXml(each, suite)}`))
    }
    if (kind !== 'end') continue
    if (isBroken(json)) {
      counts = sumOfTests([counts, brokenCount])
      await draft.add(secrets.redactInto(json, (each) => `\n${brokenXml(each, suite)}`))
    }
    const to = await draft.end()
    suites.push({ ...counts, name, from, to })
    from = to
    counts = sumOfTests([])
  }
  return suites
}

/** Adds the test report of one pipeline to the draft. Throws as `Client.readLong`. */
async function draftReport(
  client: Client,
  { pipeline: { id, project }, names }: PlacedPipeline,
  draft: Draft,
  context: TestReportContext,
): Promise<DraftedSuite[]> {
  const { secrets } = context
  const own = project === client.target.project ? client : client.forProject(project)
  const nameOf = (suite: unknown): string => secrets.redact(pathText([...names, suiteName(suite)]))
  const name = pathText([...names, `pipeline ${id}`])
  const progress = startProgress({ kind: 'test report', key: `report ${project}/${id}`, name }, context)
  let isWhole = false
  try {
    const suites = await own.with({ attempts }).readLong(`/pipelines/${id}/test_report`, (body, length) =>
      // What came before it broke off comes again, and counts from there.
      draftSuites(bounded(progress.track(body, length), length), nameOf, draft, secrets),
    )
    isWhole = true
    return suites
  } finally {
    await progress.end(isWhole)
  }
}

/** The whole file: the counts of all suites stand before the first. */
async function* document(
  name: string,
  suites: readonly DraftedSuite[],
  draft: Draft,
  secrets: SecretRegistry,
): AsyncGenerator<RedactedText> {
  const tags = (
    redacted: string,
    make: typeof suiteTags,
    counts: TestCounts,
  ): [RedactedText, RedactedText] => {
    const tag = (at: 0 | 1): RedactedText => secrets.redactInto(redacted, (each) => make(each, counts)[at])
    return [tag(0), tag(1)]
  }
  const [open, close] = tags(name, reportTags, sumOfTests(suites))
  yield open
  for (const suite of suites) {
    const [begin, end] = tags(suite.name, suiteTags, suite)
    yield begin
    yield* draft.read(suite.from, suite.to)
    yield end
  }
  yield close
}

/** Says in words which test reports are missing with a part of the tree. */
function missingPart({ what, id, names, why }: UnreadPart): string | undefined {
  if (what === 'pipeline') return `${pathText(names)} (pipeline ${id}): ${why}`
  // The test report of a pipeline whose jobs may not be read is read all the same.
  return what === 'bridges' ? `what pipeline ${id} has started is not known: ${why}` : undefined
}

/**
 * Writes the test reports of a tree of pipelines into one file: of each in its own project, the names of its suites behind those of the
 * trigger jobs that led to it. What could not be read is in the result; nothing is written where that is all. Throws Node's errors of the
 * file, and an interrupt's reason.
 */
export async function writeTestReports(
  file: TargetFile,
  root: Pipeline,
  client: Client,
  context: TestReportContext,
): Promise<WrittenTests> {
  const { secrets } = context
  // What an earlier run left there must not pass for this one's.
  await file.remove()
  const { pipelines, unread } = placedPipelines(root)
  const problems: string[] = []
  const suites: DraftedSuite[] = []
  let isWritten = false
  const draft = await file.draft()
  try {
    for (const [at, placed] of pipelines.entries()) {
      try {
        suites.push(...(await draftReport(client, placed, draft, context)))
        isWritten = true
      } catch (error) {
        const why = reasonOf(error)
        if (why === undefined) throw error
        const { names, pipeline } = placed
        problems.push(names.length === 0 ? why : `${pathText(names)} (pipeline ${pipeline.id}): ${why}`)
        if (!(error instanceof DeadlineError)) continue
        const left = pipelines.length - at - 1
        if (left > 0) problems.push(`the test reports of ${left} more pipelines were not asked for`)
        break
      }
    }
    if (isWritten) await file.write(document(`Pipeline ${root.id}`, suites, draft, secrets))
  } finally {
    await draft.discard()
  }
  problems.push(...unread.flatMap((part) => missingPart(part) ?? []))
  return { tests: sumOfTests(suites).tests, suites: suites.length, problems, isWritten }
}
