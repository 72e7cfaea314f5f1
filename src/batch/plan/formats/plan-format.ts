import { isMapping } from '../../../config/schema/mapping.ts'
import { isColumn } from './csv-columns.ts'

/** The forms of a plan. */
export type PlanFormat = 'yaml' | 'json' | 'ndjson' | 'csv'

const endings: Readonly<Record<string, PlanFormat>> = {
  yml: 'yaml',
  yaml: 'yaml',
  json: 'json',
  ndjson: 'ndjson',
  jsonl: 'ndjson',
  csv: 'csv',
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The form of a plan: by the ending of the file's name; where that says nothing, and for standard input, by how the text begins. */
export function planFormat(path: string | undefined, text: string): PlanFormat {
  const ending = /\.(\w+)$/.exec(path ?? '')?.[1]?.toLowerCase() ?? ''
  if (Object.hasOwn(endings, ending)) return endings[ending] ?? 'yaml'
  const first = /\S[^\r\n]*/.exec(text)?.[0] ?? ''
  if (first.startsWith('{')) {
    const whole = parsed(text)
    if (isMapping(whole) && Object.hasOwn(whole, 'targets')) return 'json'
    // One that is broken further down is to be reported with its line.
    if (isMapping(parsed(first))) return 'ndjson'
    return whole === undefined ? 'yaml' : 'json'
  }
  const cells = first.split(/[,;\t]/).map((cell) => cell.replace(/^[\s"]+|[\s"]+$/g, ''))
  // Titles that are nearly right, and the line that Excel writes above them, are those of a table, too.
  const isTitle = (cell: string): boolean => isColumn(cell.toLowerCase()) || cell === 'sep='
  return cells.length > 1 && cells.some(isTitle) ? 'csv' : 'yaml'
}
