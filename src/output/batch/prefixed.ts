import type { OutputStream } from '../../core/context.ts'

/** A stream of which each line begins with a prefix, so that those of several targets can be told apart. Nothing on it moves. */
export function prefixed(stream: OutputStream, prefix: string): OutputStream {
  let isInLine = false
  const prefixBytes = Buffer.from(prefix).toString('latin1')
  const withPrefix = (text: string, start = prefix): string => {
    const lines = text.split('\n')
    const last = lines.pop() ?? ''
    const whole = lines.map((line, at) => (at === 0 && isInLine ? line : `${start}${line}`))
    const begun = last === '' ? '' : isInLine && lines.length === 0 ? last : `${start}${last}`
    isInLine = last !== ''
    return [...whole, begun].join('\n')
  }
  return {
    isTTY: false,
    get columns() {
      return stream.columns
    },
    get rows() {
      return stream.rows
    },
    write: (text) => stream.write(withPrefix(text)),
    writeBytes: (bytes) =>
      stream.writeBytes(Buffer.from(withPrefix(bytes.toString('latin1'), prefixBytes), 'latin1')),
  }
}
