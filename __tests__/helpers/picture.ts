import { readFileSync } from 'node:fs'
import { SaxesParser } from 'saxes'
import type { PipelineRequest } from '../../src/sandbox/server.ts'
import type { Scenario } from '../../src/sandbox/scenario/scenario.ts'

/** What is in one picture. */
export interface Picture {
  file: string
  title: string
  /** The picture in words. */
  words: string
  columns: number
  rows: number
  /** What is typed, line after line. */
  lines: readonly string[]
  /** A recording, in which pipelines move as the clock does. */
  isMoving?: true
  /** The pipeline that is there already, and how many minutes ago it was created. */
  pipeline?: PipelineRequest
  minutes?: number
  paceMs?: number
}

/** All pictures, and the GitLab and the machine on which they were made: what `npm run pictures` reads too. */
export const { stage, scenario, pictures } = JSON.parse(
  readFileSync('scripts/pictures/table.json', 'utf8'),
) as {
  stage: { now: string; port: number; user: string; home: string; node: string; program: string }
  scenario: Scenario
  pictures: readonly Picture[]
}

/** A picture as it is read. */
export interface Drawing {
  /** The rows of text; of a recording every one that is to be seen at some time. */
  rows: string[]
  /** The text of other elements, by their name. */
  texts: Record<string, string>
  elements: Set<string>
  /** Attributes but that of the namespace. */
  attributes: { name: string; value: string }[]
}

/** The width of a cell, in px. */
const cellWidth = 9

/** Reads an SVG file in which each row is a `g` of its own. Throws for what is not well-formed. */
export function readDrawing(svg: string): Drawing {
  const drawing: Drawing = { rows: [], texts: {}, elements: new Set(), attributes: [] }
  const parser = new SaxesParser()
  let row = ''
  let column = 0
  let name = ''
  parser.on('error', (error) => {
    throw error
  })
  parser.on('opentag', ({ name: opened, attributes }) => {
    name = opened
    drawing.elements.add(opened)
    for (const [name, value] of Object.entries(attributes))
      if (name !== 'xmlns') drawing.attributes.push({ name, value })
    if (opened === 'g') row = ''
    if (opened === 'text') column = Number(attributes['x']) / cellWidth
  })
  parser.on('text', (text) => {
    if (name === 'text') row = row.padEnd(column) + text
    else if (text.trim() !== '') drawing.texts[name] = text
  })
  parser.on('closetag', ({ name: closed }) => {
    name = ''
    if (closed === 'g' && row !== '') {
      drawing.rows.push(row)
      row = ''
    }
  })
  parser.write(svg).close()
  return drawing
}
