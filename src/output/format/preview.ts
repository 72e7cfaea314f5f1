import { escapeLine } from '../terminal/escape.ts'
import { sizeInWords } from './size.ts'

/** A form field as --dry-run shows it: typed values in full, all others by size and origin. */
export type PreviewField =
  | { name: string; value: string }
  | { name: string; bytes: number; origin: string }
  | { name: string; secret: true; origin: string }

const maxLength = 200

function shown(value: string): string {
  if (value.length > maxLength)
    return `${JSON.stringify(value.slice(0, maxLength))}... (${sizeInWords(Buffer.byteLength(value))})`
  return /^[^\s\p{C}"]+( [^\s\p{C}"]+)*$/u.test(value) ? value : JSON.stringify(value)
}

function line(field: PreviewField): string {
  if ('secret' in field) return `${field.name} = *** (from ${escapeLine(field.origin)})`
  if ('value' in field) return `${field.name} = ${escapeLine(shown(field.value))}`
  return `${field.name} = (${sizeInWords(field.bytes)} from ${escapeLine(field.origin)})`
}

/** The text of --dry-run. `otherUrl` is the API v3 URL that is used if the server has no v4. */
export function previewText(
  url: string,
  otherUrl: string | undefined,
  fields: readonly PreviewField[],
): string {
  const other = otherUrl === undefined ? [] : [`# where there is no API v4: POST ${otherUrl}`]
  return [`POST ${url}`, ...other, ...fields.map(line), ''].join('\n')
}
