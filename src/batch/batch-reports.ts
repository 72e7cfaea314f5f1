import type { TargetProgress } from '../batch-events.ts'
import type { RunFlags } from '../options/run.ts'
import { absolutePath } from '../config/files/places.ts'
import type { Context } from '../core/context.ts'
import type { FileWorld } from '../core/limits/file-time.ts'
import { TriggerError, usageError } from '../core/errors.ts'
import { isOnlyTriggered } from '../output/batch/summary.ts'
import { writeAnnotations, type PipelineLink } from '../reports/annotations.ts'
import { refuseSameFile } from '../reports/destinations.ts'
import { dotenvText, factsOf, ownUrl, type Fact } from '../reports/facts.ts'
import { escapeMarkdown } from '../reports/summary.ts'
import { describeIoError } from '../core/text/unwritable-fix.ts'
import { openShared, openTarget } from '../reports/target-file.ts'
import { element } from '../reports/xml.ts'
import { durationOf } from './longest-chain.ts'

/** What a batch writes about all of its targets when it has ended. */
export interface BatchReports {
  /** Resolves to the error for what could not be written. */
  write(targets: readonly TargetProgress[], headline: string): Promise<TriggerError | undefined>
}

/** Flags whose files are about the batch as a whole: one file cannot hold what each target would write into it. */
export const batchReportFlags = ['dotenv', 'annotations', 'junit'] as const

/** As many as make the report about one pipeline leave out what only one can have. */
export const severalBuilds = 2

/** The name of a target as the beginning of a variable's name, which no shell lets begin with a digit. */
const prefixOf = (name: string): string =>
  name
    .toUpperCase()
    .replace(/[^A-Z0-9]+/g, '_')
    .replace(/^(?=\d)/, '_')

/** Throws a usage error where two targets would write the same variables. */
function refuseSamePrefix(names: readonly string[]): void {
  const seen = new Map<string, string>()
  for (const name of names) {
    const prefix = prefixOf(name)
    const other = seen.get(prefix)
    if (other !== undefined)
      throw usageError(
        `--dotenv: the targets ${other} and ${name} would both write ${prefix}_PIPELINE_ID`,
        'Give one of them another name.',
      )
    seen.set(prefix, name)
  }
}

/** The facts of each target, whose names begin with that of the target: `DOCS_PIPELINE_ID`. */
function dotenvOf(targets: readonly TargetProgress[]): string {
  const facts = targets.flatMap(({ name, id, sha, status, webUrl, server }): Fact[] => {
    if (id === null || server === null) return []
    const pipeline = { kind: 'pipeline', id, iid: null, sha, status, webUrl } as const
    return factsOf(pipeline, server).map(([key, value]) => [`${prefixOf(name)}_${key}`, value])
  })
  return dotenvText(facts)
}

/** The links of all pipelines, first of those that have not succeeded. */
function linksOf(targets: readonly TargetProgress[]): PipelineLink[] {
  const isGood = ({ exit }: TargetProgress): boolean => exit === 'success'
  return [...targets.filter((each) => !isGood(each)), ...targets.filter(isGood)].flatMap(
    ({ name, id, status, webUrl, server }): PipelineLink[] =>
      id === null || server === null ? [] : [{ name, status, webUrl, server }],
  )
}

/** What is known of a pipeline that is not followed. */
const notAwaited = 'triggered, not waited for'

/** How a target has ended, in words. */
function endText(target: TargetProgress): string {
  const { exit, exitCode, id, why } = target
  if (exit !== 'success') return `${why} (${exitCode})`
  if (id === null) return `not triggered: ${why}`
  return isOnlyTriggered(target) ? notAwaited : 'success'
}

function testCase(target: TargetProgress): string {
  const { name, project, exit, exitCode, why, id, begunAt } = target
  const attributes = { name, classname: project ?? undefined, time: (durationOf(target) / 1000).toFixed(3) }
  const isOpen = id !== null && isOnlyTriggered(target)
  if (exit === 'success' && id !== null && !isOpen) return element('testcase', attributes)
  const isSkipped = exit === 'success' || begunAt === undefined
  const message = isSkipped ? (isOpen ? notAwaited : why) : `${why} (exit code ${exitCode})`
  return element('testcase', attributes, element(isSkipped ? 'skipped' : 'failure', { message }))
}

/** A test suite in which each target is a test. */
function junitOf(targets: readonly TargetProgress[]): string {
  const cases = targets.map(testCase)
  const count = (tag: string): number => cases.filter((each) => each.includes(`<${tag} `)).length
  const counts = { tests: cases.length, failures: count('failure'), skipped: count('skipped') }
  const suite = element('testsuite', { name: 'gitlab-trigger batch', ...counts }, `\n${cases.join('\n')}\n`)
  return `<?xml version="1.0" encoding="UTF-8"?>\n${element('testsuites', counts, `\n${suite}\n`)}\n`
}

/** GitHub refuses a summary above 1 MiB as a whole; this many rows stay far below that. */
const mostRows = 1000

function markdownOf(targets: readonly TargetProgress[], headline: string): string {
  const rows = targets.slice(0, mostRows).map((target) => {
    const { name, id, webUrl, server } = target
    const url = server === null ? null : ownUrl(webUrl, server)
    const pipeline = id === null ? '-' : url === null ? String(id) : `[${id}](<${url}>)`
    return `| ${escapeMarkdown(name)} | ${pipeline} | ${escapeMarkdown(endText(target))} |\n`
  })
  const more = targets.length > mostRows ? `\nand ${targets.length - mostRows} more\n` : ''
  return `${escapeMarkdown(headline)}\n\n| target | pipeline | end |\n| --- | --- | --- |\n${rows.join('')}${more}\n`
}

/**
 * Opens what the flags and GitHub Actions want written about a batch. Throws, before anything is sent, a usage error (exit 2) or a configuration error
 * (14) where it cannot be written. With `isDry` that is checked only, and no file is changed.
 */
export async function openBatchReports(
  { dotenv, annotations, junit }: Pick<RunFlags, (typeof batchReportFlags)[number]>,
  names: readonly string[],
  context: Pick<Context, 'cwd' | 'env' | 'secrets'> & FileWorld,
  { isDry = false } = {},
): Promise<BatchReports> {
  if (dotenv !== undefined) refuseSamePrefix(names)
  const { secrets, env } = context
  const target = (flag: string, path: string | undefined) =>
    path === undefined ? undefined : openTarget(flag, absolutePath(path, context), context)
  const dotenvFile = await target('--dotenv', dotenv)
  const annotationsFile = await target('--annotations', annotations)
  const junitFile = await target('--junit', junit)
  refuseSameFile({ '--dotenv': dotenvFile, '--annotations': annotationsFile, '--junit': junitFile })
  const path = env['GITHUB_ACTIONS'] === 'true' ? (env['GITHUB_STEP_SUMMARY'] ?? '') : ''
  const summary = path === '' ? undefined : await openShared('GITHUB_STEP_SUMMARY', path, context)
  // What an earlier run left there must not pass for this one's if this process is killed.
  if (!isDry) for (const file of [annotationsFile, junitFile]) await file?.remove()
  return {
    async write(targets, headline) {
      const problems: string[] = []
      const attempt = async (what: string, work: Promise<void> | undefined): Promise<void> => {
        await work?.catch((error: unknown) => problems.push(`${what}: ${describeIoError(error)}`))
      }
      await attempt('--dotenv', dotenvFile?.write(secrets.redactInto(targets, dotenvOf)))
      await attempt(
        '--annotations',
        annotationsFile &&
          writeAnnotations(annotationsFile, linksOf(targets), secrets).then((leftOut) => {
            if (leftOut !== undefined) problems.push(`--annotations: ${leftOut}`)
          }),
      )
      await attempt('--junit', junitFile?.write(secrets.redactInto(targets, junitOf)))
      const textOf = (redacted: readonly TargetProgress[]): string => markdownOf(redacted, headline)
      await attempt('GITHUB_STEP_SUMMARY', summary?.append(secrets.redactInto(targets, textOf)))
      if (problems.length === 0) return undefined
      return new TriggerError({
        exit: 'notWritten',
        message: problems.join('; '),
      })
    },
  }
}
