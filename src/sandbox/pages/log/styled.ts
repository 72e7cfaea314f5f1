import type { Html } from '../shell/html.ts'
import { markup } from '../shell/html.ts'

/** How text is set, as ECMA-48 (SGR) has it; colours are numbers of the palette. */
export interface Pen {
  ink: number | undefined
  ground: number | undefined
  bold: boolean
  faint: boolean
  italic: boolean
  under: boolean
}

/** The pen that a log begins with. */
export const plainPen: Pen = {
  ink: undefined,
  ground: undefined,
  bold: false,
  faint: false,
  italic: false,
  under: false,
}

/** What the codes that are not about colours do. */
const switches: Record<number, Partial<Pen>> = {
  0: plainPen,
  1: { bold: true },
  2: { faint: true },
  3: { italic: true },
  4: { under: true },
  22: { bold: false, faint: false },
  23: { italic: false },
  24: { under: false },
  39: { ink: undefined },
  49: { ground: undefined },
}

const anchors: readonly (readonly [number, number, number])[] = [
  ...([
    [0, 0, 0],
    [205, 0, 0],
    [0, 205, 0],
    [205, 205, 0],
    [0, 0, 238],
    [205, 0, 205],
    [0, 205, 205],
    [229, 229, 229],
  ] as const),
  ...([
    [127, 127, 127],
    [255, 0, 0],
    [0, 255, 0],
    [255, 255, 0],
    [92, 92, 255],
    [255, 0, 255],
    [0, 255, 255],
    [255, 255, 255],
  ] as const),
]

/** The number of the palette that is nearest to a colour. */
function nearest(red: number, green: number, blue: number): number {
  const distances = anchors.map(([r, g, b]) => (r - red) ** 2 + (g - green) ** 2 + (b - blue) ** 2)
  return distances.indexOf(Math.min(...distances))
}

/** A colour of xterm's 256: the palette, a cube of 6 by 6 by 6, and 24 greys. */
function ofTable(index: number): number {
  if (index < 16) return index
  if (index > 231)
    return nearest(...([8, 8, 8].map((least) => least + 10 * (index - 232)) as [number, number, number]))
  const level = (digit: number): number => (digit === 0 ? 0 : 55 + 40 * digit)
  const at = index - 16
  return nearest(level(Math.floor(at / 36)), level(Math.floor(at / 6) % 6), level(at % 6))
}

/** A colour after 38 or 48, and how many codes it takes. */
function longColour([kind, one = 0, two = 0, three = 0]: readonly number[]): [
  colour: number | undefined,
  codes: number,
] {
  if (kind === 5) return [ofTable(Math.min(255, one)), 2]
  return kind === 2 ? [nearest(one, two, three), 4] : [undefined, 1]
}

/** The pen after a sequence with these codes. */
export function penAfter(before: Pen, codes: readonly number[]): Pen {
  const [code, ...rest] = codes
  if (code === undefined) return before
  if (code === 38 || code === 48) {
    const [colour, taken] = longColour(rest)
    const pen = code === 38 ? { ...before, ink: colour } : { ...before, ground: colour }
    return penAfter(pen, rest.slice(taken))
  }
  const family = Math.floor(code / 10)
  const digit = code % 10
  const change: Partial<Pen> | undefined =
    switches[code] ??
    (digit > 7
      ? undefined
      : { 3: { ink: digit }, 9: { ink: 8 + digit }, 4: { ground: digit }, 10: { ground: 8 + digit } }[family])
  return penAfter({ ...before, ...change }, rest)
}

function classesOf({ ink, ground, bold, faint, italic, under }: Pen): string {
  const names = [
    ink !== undefined && `f${ink}`,
    ground !== undefined && `b${ground}`,
    bold && 'bold',
    faint && ink === undefined && ground === undefined && 'faint',
    italic && 'italic',
    under && 'under',
  ]
  return names.filter((name) => name !== false).join(' ')
}

/** Codes of one sequence that are read; xterm reads 30. */
const mostCodes = 32

/** Sequences of ECMA-48: CSI with its parameters, OSC to its end, or a few characters; and the rest of one that was cut off. */
const sequence =
  /\u001b(?:\[([0-?]*)([ -/]*[@-~])|\][^\u0007\u001b]*(?:\u0007|\u001b\\|$)|\[[0-?]*[ -/]*$|[ -/]+[0-~]|[^[\]]|$)/g

/** A line as markup, and the pen that the next one begins with. Sequences that do not set text are left out. */
export function styledLine(line: string, before: Pen): [markup: Html[], pen: Pen] {
  const pieces: Html[] = []
  let pen = before
  let at = 0
  const put = (text: string): void => {
    const classes = classesOf(pen)
    if (text !== '')
      pieces.push(classes === '' ? markup`${text}` : markup`<span class="${classes}">${text}</span>`)
  }
  for (const found of line.matchAll(sequence)) {
    put(line.slice(at, found.index))
    at = found.index + found[0].length
    if (found[2] === 'm' && !/[<-?]/.test(found[1] ?? ''))
      pen = penAfter(pen, (found[1] ?? '').split(/[;:]/).slice(0, mostCodes).map(Number))
  }
  put(line.slice(at))
  return [pieces, pen]
}
