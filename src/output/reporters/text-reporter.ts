import type { Build } from '../../core/build.ts'
import type { Context } from '../../core/context.ts'
import { codeOf } from '../../core/errors.ts'
import { escapeLine } from '../terminal/escape.ts'
import type { Reporter } from '../../events.ts'
import type { Style } from '../terminal/style.ts'

/** How much is said on stderr. */
export interface Talk {
  /** Somebody looks on: a terminal, or a CI log. Cron mails whatever is said, so there success is silent. */
  isWatched: boolean
  isQuiet: boolean
  isVerbose: boolean
  style: Style
}

/** A link only where it leads to the server itself (T84). */
export function linkOf({ webUrl }: Build, server: string | null): string {
  if (webUrl === null || server === null || !URL.canParse(webUrl)) return ''
  const { protocol, origin } = new URL(webUrl)
  const isWeb = protocol === 'https:' || protocol === 'http:'
  return isWeb && origin === new URL(server).origin ? webUrl : ''
}

/** The one sentence on a build: what was triggered, its status, its URL. */
export function sentenceOf(build: Build, server: string | null, style: Style): string {
  const what =
    build.kind === 'pipeline' ? `Pipeline ${build.id}` : `Trigger request ${build.id} (its builds follow)`
  const status = build.status === null ? '' : `: ${escapeLine(build.status)}`
  const link = linkOf(build, server)
  return `${style.good(what)} on ${escapeLine(build.ref)}${status}${link && ` ${style.faint(escapeLine(link))}`}\n`
}

/** Tells on stderr what goes on; used by the text and the JSON reporter alike. */
export function stderrReporter(context: Context, { isWatched, isQuiet, isVerbose, style }: Talk): Reporter {
  let server: string | null = null
  const say = (text: string): Promise<void> =>
    // Talk that cannot be written must not change how the run ends (T74).
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
        if (isWatched || event.isGrave) await say(`${style.bad('warning:')} ${escapeLine(event.text)}\n`)
        return
      case 'noted':
        if (isWatched || isVerbose) await say(`${escapeLine(event.text)}\n`)
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
        if (isWatched) await say(sentenceOf(event.build, server, style))
        return
      case 'jobs found':
        if (event.doubt !== '') await say(`${style.bad('not certain:')} ${escapeLine(event.doubt)}\n`)
        else if (event.jobs.length === 0 && isWatched) await say('It has no jobs.\n')
        return
      case 'looked':
      case 'ticked':
      case 'log':
      case 'over':
      case 'left':
      case 'failed':
      case 'ended':
        return
    }
  }
}

/** Passes over the error that the reader of a pipe has gone; throws any other on. */
export function exceptClosedPipe(error: unknown): void {
  if (codeOf(error) !== 'EPIPE') throw error
}

/** Writes data to stdout; a reader that has gone has what it wanted. Throws a WriteError for any other failure. */
export async function writeText({ stdout }: Pick<Context, 'stdout'>, text: string): Promise<void> {
  await stdout.write(text).catch(exceptClosedPipe)
}

/** stdout for scripts: the build's id, then the ids of its jobs, one a line, nothing else. Each is out before anything is said. */
export function textReporter(context: Context, talk: Talk): Reporter {
  const say = stderrReporter(context, talk)
  return async (event) => {
    if (event.type === 'triggered') await context.stdout.write(`${event.build.id}\n`)
    if (event.type === 'jobs found') {
      const lines = event.jobs.map(({ id }) => `${id}\n`).join('')
      // Who has read the first line may have enough of it (T71).
      if (lines !== '') await context.stdout.write(lines).catch(exceptClosedPipe)
    }
    await say(event)
  }
}
