import type { StickyLines, Context, OutputStream } from '../../core/context.ts'
import { stickyScreen } from './sticky-screen.ts'

/** A stream with other write functions. Its size stays current. */
function withWrites(
  stream: OutputStream,
  { write, writeBytes }: Pick<OutputStream, 'write' | 'writeBytes'>,
): OutputStream {
  return {
    isTTY: stream.isTTY,
    get columns() {
      return stream.columns
    },
    get rows() {
      return stream.rows
    },
    write,
    writeBytes,
  }
}

/**
 * Wraps both streams so that `stderr.keepBelow` can show lines at the bottom of a terminal, below all output.
 * Only sticky-screen.ts moves the cursor. The window may be resized at any time.
 */
export function withStickyLines({
  stdout,
  stderr,
  env,
}: Pick<Context, 'stdout' | 'stderr' | 'env'>): Pick<Context, 'stdout' | 'stderr'> {
  if (!stderr.isTTY || env['TERM'] === 'dumb') return { stdout, stderr }
  const screen = stickyScreen(stderr)
  const stderrAboveBottom = withWrites(stderr, {
    write(text) {
      const { before, after } = screen.wrap(text)
      return stderr.write(before + text + after)
    },
    writeBytes(bytes) {
      const { before, after } = screen.wrap(bytes)
      const isUnchanged = before === '' && after === ''
      return stderr.writeBytes(
        isUnchanged ? bytes : Buffer.concat([Buffer.from(before), bytes, Buffer.from(after)]),
      )
    },
  })
  const stdoutAboveBottom = withWrites(stdout, {
    write: (text) => screen.withBottomHidden(text, () => stdout.write(text)),
    writeBytes: (bytes) => screen.withBottomHidden(bytes, () => stdout.writeBytes(bytes)),
  })
  return {
    stdout: stdout.isTTY ? stdoutAboveBottom : stdout,
    // A spread would copy the current size.
    stderr: Object.assign(stderrAboveBottom, {
      keepBelow: (bottom: StickyLines | undefined) => screen.keep(bottom),
    }),
  }
}
