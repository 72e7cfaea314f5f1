const units = ['bytes', 'kB', 'MB', 'GB', 'TB']

/** Formats a number of bytes for people, in decimal units: `999 bytes`, `12.3 MB`, `100 MB`. */
export function byteSize(bytes: number): string {
  let size = bytes
  let unit = 0
  // What would be rounded up to 1000 is 1 of the next unit.
  while (size >= 999.95 && unit < units.length - 1) {
    size /= 1000
    unit += 1
  }
  if (unit === 0) return bytes === 1 ? '1 byte' : `${bytes} bytes`
  return `${size.toFixed(1).replace(/\.0$/, '')} ${units[unit] ?? ''}`
}
