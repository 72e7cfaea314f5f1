import type { LoggedJob } from '../../follow/logs/logged-jobs.ts'
import type { LogPart } from '../../follow/logs/log-tail.ts'
import type { Style } from '../terminal/style.ts'

/** How the logs of several jobs are separated. */
export interface LogLayout {
  /** The text before a job's log, or before the part of it that follows. */
  begin(job: LoggedJob, part: LogPart | undefined): string
  /** The text before each line. */
  prefix(job: LoggedJob): string
  /** The text after the log. */
  end(job: LoggedJob): string
}

const nothing = (): string => ''

function partInWords({ lines, errorFrom }: LogPart): string {
  if (lines === 0) return 'its log is empty'
  const count = lines === 1 ? 'line' : `${lines} lines`
  if (errorFrom !== undefined) return `the ${count} around the first error, from line ${errorFrom}`
  return `the last ${count} of its log`
}

/** Makes a text of the server one safe line: sanitized, without secrets and without commands to a CI system. */
type Clean = (text: string) => string

/** The heading of a log, not sanitized: job, failure reason, which part of the log follows, URL of the job. */
export function heading(
  { name, status, failureReason, webUrl }: LoggedJob,
  shown: LogPart | undefined,
): string {
  const reason = failureReason === null ? '' : ` (${failureReason})`
  const how = status === 'failed' ? ` failed${reason}` : ''
  const part = shown === undefined ? '' : `, ${partInWords(shown)}`
  return `${name}${how}${part}${webUrl === null ? '' : `: ${webUrl}`}`
}

/** A valid section name: GitLab allows no other characters. */
function sectionName({ jobId, name }: LoggedJob): string {
  return `job_${jobId}_${name.replace(/[^A-Za-z0-9_.-]+/g, '_').slice(0, 60)}`
}

/** Returns the time in ms since 1970. */
type Now = () => number

/**
 * All layouts: plain, with the job's name before each line, with headings, GitLab's and GitHub's sections.
 */
export const logLayouts = {
  plain: (): LogLayout => ({ begin: nothing, prefix: nothing, end: nothing }),
  prefixed: (style: Style, _: Now, clean: Clean): LogLayout => ({
    begin: nothing,
    prefix: ({ name }) => `${style.faint(clean(`[${name}]`))} `,
    end: nothing,
  }),
  headed: (style: Style, _: Now, clean: Clean): LogLayout => ({
    begin(job, part) {
      const text = clean(heading(job, part))
      return `${job.status === 'failed' ? style.bad(text) : style.strong(text)}\n`
    },
    prefix: nothing,
    end: nothing,
  }),
  gitlab: (_: Style, now: Now, clean: Clean): LogLayout => {
    const mark = (kind: 'start' | 'end', job: LoggedJob, options: string): string =>
      `\x1b[0Ksection_${kind}:${Math.floor(now() / 1000)}:${sectionName(job)}${options}\r\x1b[0K`
    return {
      begin: (job, part) =>
        `${mark('start', job, job.status === 'failed' ? '' : '[collapsed=true]')}${clean(heading(job, part))}\n`,
      prefix: nothing,
      end: (job) => `${mark('end', job, '')}\n`,
    }
  },
  github: (_: Style, __: Now, clean: Clean): LogLayout => ({
    // GitHub decodes %25 in a command's data.
    begin: (job, part) => `::group::${clean(heading(job, part)).replaceAll('%', '%25')}\n`,
    prefix: nothing,
    end: () => '::endgroup::\n',
  }),
}

/** The name of a layout. */
export type LogLayoutName = keyof typeof logLayouts
