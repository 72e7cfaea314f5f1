import type { Context, OutputStream } from '../../core/context.ts'
import { WriteError } from '../../core/errors.ts'
import { mask } from '../../core/secret.ts'
import { withStickyLines } from './sticky-lines.ts'
import { escapeControls } from './escape.ts'

/** What strangers' tokens look like: in an echo of a wrong server, or typed where no token belongs (guarantees 7.2). */
const strangers =
  /\bgl[a-z]{2,6}-[\w-]{16,}|\b[0-9a-f]{30}\b|(?<=\bBearer )\S{6,}|(?<=\bPRIVATE-TOKEN: )\S{6,}/gi

/** The colours that chalk writes; every other sequence is neutralised. */
const color = /(\x1b\[\d{1,3}m)/

/** `text` with all that could control a terminal made visible, colours excepted. */
function cleanButColors(text: string): string {
  return text
    .split(color)
    .map((part, index) => (index % 2 === 1 ? part : escapeControls(part)))
    .join('')
}

function guard(stream: OutputStream, sanitize: (text: string) => string): OutputStream {
  const { keepBelow, writeAtOnce } = stream
  const orWriteError = (written: Promise<void>): Promise<void> =>
    written.catch((error: unknown) => {
      throw new WriteError(error)
    })
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
    write: (text) => orWriteError(stream.write(sanitize(text))),
    ...(writeAtOnce && { writeAtOnce: (text) => orWriteError(writeAtOnce(sanitize(text))) }),
    // Logs: what follow/log-cleaner.ts has made safe, and what `logs --raw` wants as it is.
    writeBytes: (bytes) => orWriteError(stream.writeBytes(bytes)),
    ...(keepBelow && {
      keepBelow: (bottom) =>
        keepBelow(
          bottom &&
            ((columns, rows) =>
              bottom(columns, rows).map(({ text, rowsAt }) => ({ text: sanitize(text), rowsAt }))),
        ),
    }),
  }
}

/**
 * The world with its two streams behind the one sink (promises G6, G11): whatever is written loses every secret of this run and
 * whatever could control a terminal; bytes come clean already. Talk on stderr also loses what looks like somebody else's token; data
 * on stdout does not, since the sandbox prints its own.
 */
export function withSink(context: Context): Context {
  const { secrets } = context
  const { stdout, stderr } = withStickyLines(context)
  const redact = (text: string): string => secrets.redact(text)
  return {
    ...context,
    stdout: guard(stdout, (text) => cleanButColors(redact(text))),
    stderr: guard(stderr, (text) => cleanButColors(redact(text).replace(strangers, mask))),
  }
}
