/** A character as visible text: `^[` style for C0 and DEL, `<U+009B>` for all others (guarantees 7.1). */
export function escapeChar(code: number): string {
  if (code < 0x20) return `^${String.fromCharCode(code + 0x40)}`
  if (code === 0x7f) return '^?'
  return `<U+${code.toString(16).toUpperCase().padStart(4, '0')}>`
}
