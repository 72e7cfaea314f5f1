import { CsvError, parse } from 'csv-parse/sync'
import { nearest } from '../../../core/did-you-mean.ts'
import { DataError } from '../../../config/files/parse-data.ts'
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

/** Parses CSV (RFC 4180). Throws a DataError. */
function rowsOf(text: string): Row[] {
  try {
    const rows = parse(text, { ...options, info: true, raw: true }) as unknown as {
      record: string[]
      raw: string
      info: { lines: number }
    }[]
    return rows.map(({ record, raw, info }) => ({
      cells: cellsOf(record, raw),
      line: info.lines - linesIn(record),
    }))
  } catch (error) {
    if (!(error instanceof CsvError)) throw error
    const { code, lines } = error as CsvError & { lines?: number }
    throw new DataError(
      code === 'CSV_QUOTE_NOT_CLOSED'
        ? 'the end is inside a quoted cell; close its quotation mark'
        : 'a quotation mark stands inside a cell; double it',
      lines,
    )
  }
}

/** How many line ends are inside the cells of a row. */
const linesIn = (cells: readonly (string | null)[]): number =>
  cells.reduce((sum, cell) => sum + (cell?.match(/\r\n|\n|\r/g)?.length ?? 0), 0)

const isVariable = ({ name }: PlanColumn): boolean => name !== undefined

/** Reads a plan in CSV: a line with the titles of the columns, then a target in each row. Throws a DataError. */
export function readCsv(text: string): PlanDocument {
  const [header, ...rows] = rowsOf(text)
  const problems: PlanProblem[] = []
  const columns = header ? columnsOf(header, problems) : []
  const targets: WrittenTarget[] = []
  const lines: number[] = []
  // Where the titles are wrong, the rows say nothing.
  for (const { line, cells } of problems.length > 0 ? [] : rows) {
    // As programs write them below a table.
    if (cells.every((cell) => (cell ?? '').trim() === '')) continue
    if (cells.length !== columns.length) {
      problems.push({
        line,
        keys: [],
        message: `the row has ${cells.length} cells, and the first line ${columns.length}`,
      })
      continue
    }
    targets.push({
      keys: ['targets', String(targets.length)],
      name: undefined,
      data: targetOf(columns, cells),
    })
    lines.push(line)
  }
  const lineOf = (keys: readonly string[]): number => lines[Number(keys[1])] ?? 1
  return { defaults: undefined, targets, problems, isRows: true, lineOf, rewrittenIn: () => nothingRewritten }
}

function columnsOf({ line, cells }: Row, problems: PlanProblem[]): PlanColumn[] {
  const titles = cells.map((cell) => cell?.trim() ?? '')
  const refuse = (message: string): void => {
    problems.push({ line, keys: [], message })
  }
  return titles.flatMap((title, at) => {
    const column = columnFor(title)
    if (titles.indexOf(title) !== at) refuse(`there are two columns "${title.slice(0, 60)}"`)
    if (column) return [column]
    const near = nearest(title, columnNames)
    refuse(
      titles.length === 1 && /[;\t]/.test(title)
        ? 'the columns are not separated by commas'
        : `there is no column "${title.slice(0, 60)}"${near === undefined ? '' : `; did you mean "${near}"?`}`,
    )
    return []
  })
}

/** The target of a row. An empty cell sets nothing, but a quoted empty cell of a variable or input is an empty text. */
function targetOf(columns: readonly PlanColumn[], cells: readonly (string | null)[]): Mapping {
  const data = Object.create(null) as Mapping
  for (const [at, column] of columns.entries()) {
    const cell = cells[at] ?? null
    if (column.name !== undefined && cell !== null) {
      const map = (data[column.key] ??= Object.create(null)) as Mapping
      map[column.name] = cell
    } else if (!isVariable(column) && cell !== null && cell.trim() !== '')
      data[column.key] = cellValue(column.shape, cell.trim())
  }
  return data
}
