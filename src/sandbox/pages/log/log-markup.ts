import type { Html } from '../shell/html.ts'
import { markup } from '../shell/html.ts'
import type { Pen } from './styled.ts'
import { plainPen, styledLine } from './styled.ts'

/** A section as GitLab's runner marks it, while its lines are read. */
interface Section {
  name: string
  title: Html[]
  startedAt: number
  isCollapsed: boolean
  lines: Html[]
}

const marker = /(?:\u001b\[0?K)*section_(start|end):(\d+):([\w.-]+)(?:\[([^\]]*)\])?\r(?:\u001b\[0?K)*/g

/** What a terminal would show of a line in the end: what comes after a carriage return is written over what was before. */
function overwritten(line: string): string {
  return line.replace(/\r+$/, '').split('\r').at(-1) ?? ''
}

/** Reads a log from its first line to its last. */
class Reader {
  private readonly open: Section[] = []
  private readonly done: Html[] = []
  private pen: Pen = plainPen
  private number: number

  constructor(firstLine: number) {
    this.number = firstLine - 1
  }

  private add(markup: Html): void {
    const lines = this.open.at(-1)?.lines ?? this.done
    lines.push(markup)
  }

  private styled(text: string): Html[] {
    const [markup, pen] = styledLine(overwritten(text), this.pen)
    this.pen = pen
    return markup
  }

  private close(endedAt: number | undefined): void {
    const section = this.open.pop()
    if (section === undefined) return
    const took =
      endedAt !== undefined && markup`<span class="took">${Math.max(0, endedAt - section.startedAt)} s</span>`
    const title = section.title.length > 0 ? section.title : [markup`${section.name}`]
    this.add(
      markup`<details${!section.isCollapsed && markup` open`}><summary><span>${title}</span>${took}</summary>${section.lines}</details>`,
    )
  }

  private end(name: string, second: number): void {
    if (!this.open.some((section) => section.name === name)) return
    while (this.open.at(-1)?.name !== name) this.close(undefined)
    this.close(second)
  }

  private addLine(text: string): void {
    this.number += 1
    const { number } = this
    this.add(
      markup`<div id="L${number}"><a href="#L${number}" aria-label="Line ${number}">${number}</a><span>${this.styled(text)}</span></div>`,
    )
  }

  /** A line may hold several markers: the end of one section and the start of the next. What follows a start is its title. */
  line(line: string): void {
    const marks = [...line.matchAll(marker)]
    const before = line.slice(0, marks[0]?.index ?? line.length)
    if (marks.length === 0 || before !== '') this.addLine(before)
    marks.forEach((mark, at) => {
      const [whole, kind, second, name = '', options = ''] = mark
      const rest = line.slice(mark.index + whole.length, marks[at + 1]?.index ?? line.length)
      if (kind === 'end') {
        this.end(name, Number(second))
        if (rest !== '') this.addLine(rest)
        return
      }
      const isCollapsed = /\bcollapsed=true\b/.test(options)
      this.open.push({ name, title: this.styled(rest), startedAt: Number(second), isCollapsed, lines: [] })
    })
  }

  finish(): Html[] {
    while (this.open.length > 0) this.close(undefined)
    return this.done
  }
}

/** A log as markup: numbered lines with their colours, and its sections to fold. */
export function logMarkup(log: string, firstLine = 1): Html {
  const reader = new Reader(firstLine)
  const lines = log.split('\n')
  if (lines.at(-1) === '') lines.pop()
  for (const line of lines) reader.line(line)
  return markup`<div class="log" role="region" aria-label="Log" tabindex="0">${reader.finish()}</div>`
}
