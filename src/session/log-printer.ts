import type { Context, OutputStream } from '../core/context.ts'
import type { Reporter } from '../events.ts'
import type { LogPrinter, LogSelection } from '../follow/logs/printer.ts'
import { heading, type LogLayoutName } from '../output/logs/layouts.ts'
import { escapeLine } from '../output/terminal/escape.ts'
import { logWriter } from '../output/logs/writer.ts'
import { styleFor, wantsColor } from '../output/terminal/style.ts'

/** How logs are printed. */
export interface LogFormat {
  /** `false` when --no-color was typed. */
  color: false | undefined
  /** The bytes as the server sent them. */
  isRaw: boolean
  /** The time of each line is shown, where the runner has written it. */
  keepsTimes?: boolean
}

function layoutFor({ isAlone, lastLines }: LogSelection, env: Context['env']): LogLayoutName {
  if (isAlone) return 'plain'
  if (env['GITHUB_ACTIONS'] === 'true') return 'github'
  if ((env['GITLAB_CI'] ?? '') !== '') return 'gitlab'
  return lastLines === undefined ? 'prefixed' : 'headed'
}

/**
 * Opens one of this process's streams for logs, in the layout that suits where it leads: a terminal, a file,
 * GitLab CI or GitHub Actions.
 */
export async function streamLogPrinter(
  stream: OutputStream,
  selection: LogSelection,
  { color, isRaw, keepsTimes = false }: LogFormat,
  context: Context,
): Promise<LogPrinter> {
  const layout = layoutFor(selection, context.env)
  const keepsColors = wantsColor(stream, context.env, color) && !isRaw
  const style = await styleFor(stream, context.env, color)
  return {
    sink: logWriter({ stream, layout, style, keepsColors, isRaw }, context),
    form: {
      keepsColors,
      isRaw,
      keepsTimes,
      isInTurn: layout === 'gitlab' || layout === 'github',
      // The tree at the bottom of a terminal is not there while a line is open.
      isByLine: layout !== 'plain' || stream.keepBelow !== undefined,
      secrets: () => context.secrets.forms(),
    },
  }
}

/** Reports logs as events, for programs that read --events. */
export function eventLogPrinter(report: Reporter, { secrets }: Pick<Context, 'secrets'>): LogPrinter {
  return {
    sink: {
      async begin(job, part) {
        if (part) await report({ type: 'log', job, text: `${escapeLine(heading(job, part))}\n` })
      },
      write: (job, bytes) => report({ type: 'log', job, text: bytes.toString() }),
      end: () => Promise.resolve(),
    },
    form: {
      keepsColors: false,
      keepsTimes: false,
      isRaw: false,
      isInTurn: false,
      isByLine: true,
      secrets: () => secrets.forms(),
    },
  }
}

/**
 * The same stream, whose write errors are dropped: a log that cannot be written must not change how the run
 * ends (docs/guarantees.md#T74).
 */
export function withoutWriteErrors(stream: OutputStream): OutputStream {
  return {
    get isTTY() {
      return stream.isTTY
    },
    get columns() {
      return stream.columns
    },
    get rows() {
      return stream.rows
    },
    write: (text) => stream.write(text).catch(() => undefined),
    writeBytes: (bytes) => stream.writeBytes(bytes).catch(() => undefined),
    ...(stream.keepBelow && { keepBelow: stream.keepBelow }),
  }
}
