import type { Context, OutputStream } from '../../core/context.ts'
import { Interrupted, WriteError } from '../../core/errors.ts'
import { mask } from '../../core/secret.ts'
import { tokenLike } from '../../core/token-kind.ts'
import { WriteLimits } from '../../core/limits/write-limits.ts'
import { cleanText } from './clean-text.ts'
import { Links, showsLinks } from './links.ts'
import { withStickyLines } from './sticky-lines.ts'

/** Texts that look like tokens, such as in a response of a wrong server (docs/guarantees.md#7.2). */
const unknownTokens = new RegExp(
  `${tokenLike.source}|(?<=\\bBearer )\\S{6,}|(?<=\\bPRIVATE-TOKEN: )\\S{6,}`,
  'gi',
)

const maskUnknownTokens = (text: string): string => text.replace(unknownTokens, mask)

function guard(
  stream: OutputStream,
  limits: WriteLimits,
  sanitize: (text: string) => string,
  links: Links | undefined,
): OutputStream {
  const { keepBelow, writeAtOnce } = stream
  const inTime = limits.forStream()
  let wasUsed = false
  const written = async (begin: () => Promise<void>): Promise<void> => {
    wasUsed = true
    try {
      await inTime(begin)
    } catch (error) {
      throw error instanceof Interrupted || error instanceof WriteError ? error : new WriteError(error)
    }
  }
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
    get wasUsed() {
      return wasUsed
    },
    write: (text) => written(() => stream.write(sanitize(text))),
    ...(writeAtOnce && { writeAtOnce: (text) => written(() => writeAtOnce(sanitize(text))) }),
    // Logs, sanitized by follow/logs/filter.ts or unchanged for `logs --raw`; and forms (reporters/text-reporter.ts).
    writeBytes: (bytes) => written(() => stream.writeBytes(bytes)),
    ...(links && { link: (text, url) => links.link(text, url) }),
    ...(keepBelow && {
      keepBelow: (bottom) =>
        written(() =>
          keepBelow(
            bottom &&
              ((columns, rows) =>
                bottom(columns, rows).map(({ text, rowsAt }) => ({ text: sanitize(text), rowsAt }))),
          ),
        ),
    }),
  }
}

/**
 * Wraps stdout and stderr so that in everything written secrets of this run are masked, control characters escaped and
 * commands to CI systems broken (docs/guarantees.md#G6, #G11), except for links of this run and in bytes, which are safe already. On stderr, texts that look like unknown
 * tokens are masked too; not on stdout, because the sandbox prints its own tokens.
 *
 * The one place where writes are awaited: `writeLimits` gives up what is not taken in time.
 */
export function withSink(context: Context): Context {
  const { stdout, stderr } = withStickyLines(context)
  const writeLimits = new WriteLimits(context)
  const guarded = (stream: OutputStream, mask?: (text: string) => string): OutputStream => {
    const rules = mask ? { mask } : {}
    const isClean = (url: string): boolean => cleanText(url, context, rules) === url
    const isShown = stream.isTTY && showsLinks(stream, context.env)
    const links = isShown ? new Links(isClean) : undefined
    return guard(stream, writeLimits, (text) => cleanText(text, context, { ...rules, links }), links)
  }
  return { ...context, writeLimits, stdout: guarded(stdout), stderr: guarded(stderr, maskUnknownTokens) }
}
