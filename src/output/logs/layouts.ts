import type { LoggedJob } from '../../follow/logs/logged-jobs.ts'
import { escapeLine } from '../terminal/escape.ts'
import type { Style } from '../terminal/style.ts'

/** How the logs of jobs are set apart from one another. */
export interface LogLayout {
  /** Before a job's log; `lastLines` is how many of its last lines follow, undefined for all of it. */
  begin(job: LoggedJob, lastLines: number | undefined): string
  /** Before each of its lines. */
  prefix(job: LoggedJob): string
  /** Behind its log. */
  end(job: LoggedJob): string
}

const nothing = (): string => ''

function partOf(lastLines: number): string {
  if (lastLines === 0) return 'its log is empty'
  return lastLines === 1 ? 'the last line of its log' : `the last ${lastLines} lines of its log`
}

/** A job, how it failed, how much of its log follows, and where all of it is: one clean line. */
export function heading(
  { name, status, failureReason, webUrl }: LoggedJob,
  lastLines: number | undefined,
): string {
  const reason = failureReason === null ? '' : ` (${failureReason})`
  const how = status === 'failed' ? ` failed${reason}` : ''
  const part = lastLines === undefined ? '' : `, ${partOf(lastLines)}`
  return escapeLine(`${name}${how}${part}${webUrl === null ? '' : `: ${webUrl}`}`)
}

/** GitLab lets no other characters stand in the name of a section. */
function sectionName({ jobId, name }: LoggedJob): string {
  return `job_${jobId}_${name.replace(/[^A-Za-z0-9_.-]+/g, '_').slice(0, 60)}`
}

/** Of a layout for what shows the time: ms since 1970. */
type Now = () => number

/** The layouts: alone, one line of several jobs after another, under headings, and in what GitLab and GitHub fold. */
export const logLayouts = {
  plain: (): LogLayout => ({ begin: nothing, prefix: nothing, end: nothing }),
  prefixed: (style: Style): LogLayout => ({
    begin: nothing,
    prefix: ({ name }) => `${style.faint(`[${escapeLine(name)}]`)} `,
    end: nothing,
  }),
  headed: (style: Style): LogLayout => ({
    begin(job, lastLines) {
      const text = heading(job, lastLines)
      return `${job.status === 'failed' ? style.bad(text) : style.strong(text)}\n`
    },
    prefix: nothing,
    end: nothing,
  }),
  gitlab: (_: Style, now: Now): LogLayout => {
    const mark = (kind: 'start' | 'end', job: LoggedJob, options: string): string =>
      `\x1b[0Ksection_${kind}:${Math.floor(now() / 1000)}:${sectionName(job)}${options}\r\x1b[0K`
    return {
      begin: (job, lastLines) =>
        `${mark('start', job, job.status === 'failed' ? '' : '[collapsed=true]')}${heading(job, lastLines)}\n`,
      prefix: nothing,
      end: (job) => `${mark('end', job, '')}\n`,
    }
  },
  github: (): LogLayout => ({
    // In the data of a command %25 is a percent sign.
    begin: (job, lastLines) => `::group::${heading(job, lastLines).replaceAll('%', '%25')}\n`,
    prefix: nothing,
    end: () => '::endgroup::\n',
  }),
}

/** The name of a layout. */
export type LogLayoutName = keyof typeof logLayouts
