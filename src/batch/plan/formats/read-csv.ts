import { parse, type CsvError } from 'csv-parse/sync'
import { nearest } from '../../../core/did-you-mean.ts'
import type { Mapping } from '../../../config/schema/mapping.ts'
import { cellValue, columnFor, columnNames, type PlanColumn } from './csv-columns.ts'
import { nothingRewritten, type PlanDocument, type WrittenTarget } from './plan-document.ts'
import type { PlanProblem } from '../plan-problems.ts'

/** A row with the line on which it begins. A cell that is empty and not quoted is null. */
interface Row {
  line: number
  cells: (string | null)[]
}

const options = {
  relaxColumnCount: true,
  skipEmptyLines: true,
  recordDelimiter: ['\r\n', '\n', '\r'],
}

/** The cells of a row; null for one that is empty and not quoted. */
function cellsOf(record: string[], raw: string): (string | null)[] {
  if (!record.includes('')) return record
  if (!raw.includes('""')) return record.map((cell) => (cell === '' ? null : cell))
  // Asking it of each cell makes the parser three times slower.
  const [cells = []] = parse(raw, {
    ...options,
    cast: (value, { quoting }) => (value === '' && !quoting ? null : value),
  }) as unknown as (string | null)[][]
  return cells
}

/** The rows of a CSV text (RFC 4180), up to the first that leaves open where the next begins. A row that is broken goes to `refuse`. */
function rowsOf(text: string, refuse: (line: number, message: string) => void): Row[] {
  const rows: Row[] = []
  let isLost = false
  parse(text, {
    ...options,
    info: true,
    raw: true,
    skipRecordsWithError: true,
    onSkip(error) {
      if (isLost) return undefined
      const { code, lines } = error as CsvError & { lines?: number }
      // Without its titles the rows say nothing.
      isLost = rows.length === 0 || code !== 'INVALID_OPENING_QUOTE'
      refuse(
        lines ?? 1,
        code === 'CSV_QUOTE_NOT_CLOSED'
          ? 'the end is inside a quoted cell; close its quotation mark'
          : 'a quotation mark stands inside a cell; double it',
      )
      return undefined
    },
    onRecord(found) {
      const { record, raw, info } = found as unknown as {
        record: string[]
        raw: string
        info: { lines: number }
      }
      if (!isLost) rows.push({ cells: cellsOf(record, raw), line: info.lines - linesIn(record) })
      return null
    },
  })
  return rows
}

/** How many line ends are inside the cells of a row. */
const linesIn = (cells: readonly (string | null)[]): number =>
  cells.reduce((sum, cell) => sum + (cell?.match(/\r\n|\n|\r/g)?.length ?? 0), 0)

const isVariable = ({ name }: PlanColumn): boolean => name !== undefined

/** Reads a plan in CSV: a line with the titles of the columns, then a target in each row. Of columns that cannot be, the cells are left out. */
export function readCsv(text: string): PlanDocument {
  const problems: PlanProblem[] = []
  const refuse = (line: number, message: string): void => {
    problems.push({ line, keys: [], message })
  }
  const [header, ...rows] = rowsOf(text, refuse)
  const columns = header
    ? columnsOf(header, (message) => {
        refuse(header.line, message)
      })
    : []
  const targets: WrittenTarget[] = []
  const lines: number[] = []
  // Where no column is known, the rows say nothing.
  for (const { line, cells } of columns.some((column) => column) ? rows : []) {
    // As programs write them below a table.
    if (cells.every((cell) => (cell ?? '').trim() === '')) continue
    if (cells.length !== columns.length) {
      refuse(line, `the row has ${cells.length} cells, and the first line ${columns.length}`)
      continue
    }
    targets.push({
      keys: ['targets', String(targets.length)],
      name: undefined,
      data: targetOf(columns, cells),
    })
    lines.push(line)
  }
  return {
    defaults: undefined,
    targets,
    problems,
    isPartial: columns.includes(undefined),
    isRows: true,
    lineOf: (keys) => lines[Number(keys[1])] ?? 1,
    rewrittenIn: () => nothingRewritten,
  }
}

/** The columns with these titles; undefined for one that cannot be, which goes to `refuse`. */
function columnsOf({ cells }: Row, refuse: (message: string) => void): (PlanColumn | undefined)[] {
  const titles = cells.map((cell) => cell?.trim() ?? '')
  return titles.map((title, at) => {
    const column = columnFor(title)
    const isSecond = titles.indexOf(title) !== at
    if (isSecond) refuse(`there are two columns "${title.slice(0, 60)}"`)
    if (column) return isSecond ? undefined : column
    const near = nearest(title, columnNames)
    refuse(
      titles.length === 1 && /[;\t]/.test(title)
        ? 'the columns are not separated by commas'
        : `there is no column "${title.slice(0, 60)}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
    )
    return undefined
  })
}

/** The target of a row. An empty cell sets nothing, but a quoted empty cell of a variable or input is an empty text. */
function targetOf(columns: readonly (PlanColumn | undefined)[], cells: readonly (string | null)[]): Mapping {
  const data = Object.create(null) as Mapping
  for (const [at, column] of columns.entries()) {
    const cell = cells[at] ?? null
    if (!column) continue
    if (column.name !== undefined && cell !== null) {
      const map = (data[column.key] ??= Object.create(null)) as Mapping
      map[column.name] = cell
    } else if (!isVariable(column) && cell !== null && cell.trim() !== '')
      data[column.key] = cellValue(column.shape, cell.trim())
  }
  return data
}
