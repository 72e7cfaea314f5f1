const longestName = 200

/** A server's text as a name in a report: on one line, without invisible characters, of at most 200 characters. */
export function oneLine(text: string): string {
  return text
    .toWellFormed()
    .replace(/[\p{C}\p{Z}]+/gu, ' ')
    .slice(0, longestName)
    .toWellFormed()
}
