import type { Build } from '../../core/build.ts'
import type { Context } from '../../core/context.ts'
import { codeOf } from '../../core/errors.ts'
import { cleanForm } from '../terminal/clean-text.ts'
import { escapeLine } from '../terminal/escape.ts'
import type { Event, Reporter } from '../../events.ts'
import type { Style } from '../terminal/style.ts'
import { statusOf } from '../tree/status-reasons.ts'

/** What is reported on stderr. */
export interface Verbosity {
  /** Sentences and notes are reported. Otherwise success is silent, because cron mails all output. */
  isAttended: boolean
  /** The line about a new pipeline is reported. */
  hasId: boolean
  /** All warnings are reported, not only the grave ones. */
  hasWarnings: boolean
  isQuiet: boolean
  isVerbose: boolean
  style: Style
}

/** The URL of a pipeline or project, if it leads to the server itself (docs/guarantees.md#T84); else ''. */
export function linkOf({ webUrl }: Pick<Build, 'webUrl'>, server: string | null): string {
  if (webUrl === null || server === null || !URL.canParse(webUrl)) return ''
  const { protocol, origin } = new URL(webUrl)
  const isWeb = protocol === 'https:' || protocol === 'http:'
  return isWeb && origin === new URL(server).origin ? webUrl : ''
}

/** What the first line about a pipeline says. */
interface FirstLine {
  kind: Build['kind']
  id: number
  ref: string | null
  status: string | null
  /** '' for none. */
  link: string
}

/** What the first line says of a trigger. The status of an earlier run's pipeline is that of then. */
function lineOf({ build, isEarlier }: Event & { type: 'triggered' }, server: string | null): FirstLine {
  const status = isEarlier ? 'triggered by an earlier run' : build.status
  return { ...build, status, link: linkOf(build, server) }
}

/** The first line about a pipeline, new or not: id, ref, status and URL. */
function firstLine({ kind, id, ref, status, link }: FirstLine, style: Style): string {
  const what = kind === 'pipeline' ? `Pipeline ${id}` : `Trigger request ${id} (its builds follow)`
  const label = ref === null ? '' : ` (ref ${escapeLine(ref)})`
  const state = status === null ? '' : `: ${escapeLine(status)}`
  return `${style.good(what)}${label}${state}${link && ` ${style.faint(escapeLine(link))}`}\n`
}

/** Reports events on stderr. Used by all reporters. */
export function stderrReporter(
  context: Context,
  { isAttended, hasId, hasWarnings, isQuiet, isVerbose, style }: Verbosity,
): Reporter {
  let server: string | null = null
  const say = (text: string): Promise<void> =>
    // A failure to write messages must not change the exit code (docs/guarantees.md#T74).
    context.stderr.write(text).catch(() => undefined)
  return async (event) => {
    switch (event.type) {
      case 'started':
        server = event.facts.server
        if (isVerbose) {
          const rows = event.settings.map(
            ({ name, value, origin }) =>
              `${style.faint(name.padEnd(9))} ${escapeLine(value)} ${style.faint(`(${escapeLine(origin)})`)}\n`,
          )
          await say(rows.join(''))
        }
        return
      case 'warned':
        if (hasWarnings || event.isGrave) await say(`${style.bad('warning:')} ${escapeLine(event.text)}\n`)
        return
      case 'noted':
        if (isAttended || isVerbose || event.isGrave) await say(`${escapeLine(event.text)}\n`)
        return
      case 'skipped':
        if (!isQuiet) await say(`${escapeLine(event.text)}\n`)
        return
      case 'asked':
        if (isVerbose) {
          await say(
            style.faint(`${event.method} ${escapeLine(event.url)} -> ${escapeLine(event.result)}`) + '\n',
          )
        }
        return
      case 'triggered':
        if (hasId) await say(firstLine(lineOf(event, server), style))
        return
      case 'opened': {
        const { pipeline } = event
        const status = statusOf(pipeline)
        if (isAttended) await say(firstLine({ ...pipeline, status, link: pipeline.webUrl ?? '' }, style))
        return
      }
      case 'jobs found':
        if (event.doubt !== '') await say(`${style.bad('not certain:')} ${escapeLine(event.doubt)}\n`)
        else if (event.jobs.length === 0 && isAttended) await say('It has no jobs.\n')
        return
      case 'looked':
      case 'ticked':
      case 'log':
      case 'over':
      case 'left':
      case 'fetching':
      case 'fetched':
      case 'failed':
      case 'ended':
        return
    }
  }
}

/** Ignores the error of a closed pipe; rethrows any other. */
export function exceptClosedPipe(error: unknown): void {
  if (codeOf(error) !== 'EPIPE') throw error
}

/** Writes data to stdout and ignores a closed pipe. Throws a WriteError for any other failure. */
export async function writeText({ stdout }: Pick<Context, 'stdout'>, text: string): Promise<void> {
  await stdout.write(text).catch(exceptClosedPipe)
}

/**
 * Writes a text that another program takes, as a crontab line: secrets are masked, but nothing in it is broken for a CI system, since it is
 * what the user typed, and would become another value. Throws as `writeText`.
 */
export async function writeForm({ stdout, secrets }: Context, text: string): Promise<void> {
  await stdout.writeBytes(Buffer.from(cleanForm(text, secrets))).catch(exceptClosedPipe)
}

/** Prints a text of the user's own for another program: nothing but secrets is changed. A closed pipe is no error. */
export async function writeExactly({ stdout, secrets }: Context, text: string): Promise<void> {
  await stdout.writeBytes(Buffer.from(secrets.redact(text))).catch(exceptClosedPipe)
}

/**
 * The reporter for scripts: prints the pipeline's id and then the ids of its jobs, one a line. Each id is
 * written to stdout before anything about it is written to stderr.
 */
export function textReporter(context: Context, verbosity: Verbosity): Reporter {
  const say = stderrReporter(context, verbosity)
  return async (event) => {
    if (event.type === 'triggered') await context.stdout.write(`${event.build.id}\n`)
    if (event.type === 'jobs found') {
      const lines = event.jobs.map(({ id }) => `${id}\n`).join('')
      // After the first line the reader may have closed the pipe (docs/guarantees.md#T71).
      if (lines !== '') await context.stdout.write(lines).catch(exceptClosedPipe)
    }
    await say(event)
  }
}
