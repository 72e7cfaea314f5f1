import type { Job, Pipeline } from '../gitlab/pipelines/pipeline.ts'
import { ownUrl } from './facts.ts'
import { oneLine } from './one-line.ts'

/** A job of the tree, with the trigger jobs that led to it: `child / unit`. */
interface Row {
  job: Job
  path: string
}

/** GitHub refuses a summary above 1 MiB as a whole; this many rows stay far below that. */
const mostRows = 300

/**
 * Escapes a server's text so that it has no effect in Markdown: every character except letters, digits,
 * blanks and commas becomes a character reference, to which no rule of Markdown, HTML or autolinking applies
 * (CommonMark 2.5); invisible characters are left out.
 */
export function escapeMarkdown(text: string): string {
  return oneLine(text).replace(/[^\p{L}\p{M}\p{N} ,]/gu, (char) => `&#${char.codePointAt(0) ?? 0};`)
}

function linked(text: string, webUrl: string | null, server: string): string {
  const url = ownUrl(webUrl, server)
  return url === null ? escapeMarkdown(text) : `[${escapeMarkdown(text)}](<${url}>)`
}

/** Formats the time that a job took: 75 s as `1m 15s`. */
function duration({ startedAt, finishedAt }: Pick<Job, 'startedAt' | 'finishedAt'>): string {
  if (startedAt === null || finishedAt === null || finishedAt < startedAt) return ''
  const seconds = Math.round((finishedAt - startedAt) / 1000)
  return seconds < 60 ? `${seconds}s` : `${Math.floor(seconds / 60)}m ${seconds % 60}s`
}

function rowsOf(pipeline: Pipeline, above = ''): Row[] {
  return pipeline.jobs.flatMap((job) => {
    const path = above + (job.name ?? String(job.id))
    return [{ job, path }, ...(job.downstream?.pipeline ? rowsOf(job.downstream.pipeline, `${path} / `) : [])]
  })
}

/** The rank of a row: jobs that need attention come first. */
function rank({ job }: Row): number {
  if (job.status === 'failed') return job.allowFailure ? 1 : 0
  return job.status === 'canceled' ? 2 : 3
}

function statusOf({ status, allowFailure, failureReason }: Job): string {
  const reason = status === 'failed' && failureReason !== null ? `: ${failureReason}` : ''
  return `${status ?? 'unknown'}${reason}${status === 'failed' && allowFailure ? ' (may fail)' : ''}`
}

/** One line of Markdown for a pipeline that was just triggered. */
export function triggeredSummary(
  { id, ref, webUrl }: { id: number; ref: string; webUrl: string | null },
  server: string,
): string {
  return `Triggered ${linked(`pipeline ${id}`, webUrl, server)} on ${escapeMarkdown(ref)}\n`
}

/**
 * Describes a finished pipeline as Markdown for GitHub's job summary: a heading, and its jobs in a table,
 * failed ones first, else by stage.
 */
export function endedSummary(pipeline: Pipeline, server: string): string {
  const { id, ref, status, webUrl } = pipeline
  // Sorting is stable: jobs of one rank stay in the order of their ids, which is that of the stages.
  const rows = rowsOf(pipeline).sort((a, b) => rank(a) - rank(b))
  const on = ref === null ? '' : ` on ${escapeMarkdown(ref)}`
  const left = rows.length - mostRows
  return [
    `### ${linked(`Pipeline ${id}`, webUrl, server)}${on}: ${escapeMarkdown(status)}`,
    '',
    ...(rows.length === 0 ? [] : ['| Stage | Job | Status | Time |', '| --- | --- | --- | --- |']),
    ...rows.slice(0, mostRows).map(({ job, path }) => {
      const cells = [
        escapeMarkdown(job.stage ?? ''),
        linked(path, job.webUrl, server),
        escapeMarkdown(statusOf(job)),
        duration(job),
      ]
      return `| ${cells.join(' | ')} |`
    }),
    ...(left > 0 ? ['', `and ${left} more jobs`] : []),
    '',
  ].join('\n')
}
