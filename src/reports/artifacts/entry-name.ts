import { sep } from 'node:path'

const isWindows = sep === '\\'

/**
 * Linux takes 255 bytes in one name, and 4096 in a path, from which the path of the folder itself is taken.
 */
const longestPart = 255
const longestName = 3000

/**
 * Names that Windows takes for devices, with any ending; and characters that mean something there (`:` a
 * hidden stream).
 */
const devices = /^(con|prn|aux|nul|com\d|lpt\d|conin\$|conout\$)(\..*)?$/i
const windowsOnly = /[<>:"|?*\\\x01-\x1f]|[. ]$/

/** Up, on any system: Windows drops dots and blanks at the end of a name. */
const up = /^\.\.[. ]*$/

const bytes = (text: string): number => Buffer.byteLength(text)

/**
 * Says why the name of an archive's entry may not become a path below a folder; '' where it may. A backslash is an
 * ordinary character here and separates folders on Windows: what would lead out in either reading is refused. `onWindows`
 * is for tests.
 */
export function entryNameProblem(name: string, onWindows = isWindows): string {
  const parts = name.split('/')
  if (name === '') return 'it has no name'
  if (name.includes('\0')) return 'there is a NUL in its name'
  if (/\p{Cc}/u.test(name)) return 'there is a control character in its name'
  if (/^[/\\]|^[a-z]:/i.test(name)) return 'it is an absolute path'
  if (name.split(/[/\\]/).some((part) => up.test(part))) return 'it would leave the folder'
  if (bytes(name) > longestName || parts.some((part) => bytes(part) > longestPart))
    return 'its name is too long'
  const isOdd = onWindows && parts.some((part) => windowsOnly.test(part) || devices.test(part))
  return isOdd ? 'Windows cannot have such a name' : ''
}

/** The folders and the file in the name of an entry that was checked; none for the folder itself (`./`). */
export function partsOf(name: string): string[] {
  return name.split('/').filter((part) => part !== '' && part !== '.')
}

/**
 * Whether a symbolic link, `depth` folders below the top, stays below the top wherever other links lead. It
 * may go up first, through the real folders that it is in, but not after it has gone down, since what it goes
 * down through may be another link.
 */
export function staysInside(target: string, depth: number): boolean {
  if (target.includes('\\')) return false
  const parts = target.split('/')
  const isDown = (part: string): boolean => part !== '..'
  const ups = parts.some(isDown) ? parts.findIndex(isDown) : parts.length
  const down = parts.slice(ups).join('/')
  return ups <= depth && (down === '' ? ups > 0 : entryNameProblem(down) === '')
}

/**
 * Turns a job's name into the name of a folder: characters that no folder can have in its name become `_`.
 */
export function folderName(name: string): string {
  let plain = name
    .slice(0, 200)
    .toWellFormed()
    .replace(/[\p{C}/\\<>:"|?*]/gu, '_')
    .trim()
    .replace(/^\.+|[. ]+$/g, (dots) => '_'.repeat(dots.length))
  while (bytes(plain) > 200) plain = plain.slice(0, -1).toWellFormed()
  return plain === '' || devices.test(plain) ? `_${plain}` : plain
}
