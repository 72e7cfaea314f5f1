// Makes the pictures in docs/pictures/ again: runs the lines in the table in a real pseudo-terminal, against the embedded sandbox, and draws what was
// to be seen. Names of files choose some of them.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { framesOf } from './pictures/frames.mjs'
import { record } from './pictures/run.mjs'
import { movingSvg, stillSvg } from './pictures/svg.mjs'

const folder = 'docs/pictures'
const table = JSON.parse(readFileSync('scripts/pictures/table.json', 'utf8'))
const wanted = process.argv.slice(2)

mkdirSync(folder, { recursive: true })
for (const picture of table.pictures) {
  if (wanted.length > 0 && !wanted.includes(picture.file)) continue
  const shots = await record(picture, table)
  const svg = picture.isMoving ? movingSvg(picture, framesOf(shots)) : stillSvg(picture, shots.at(-1).rows)
  writeFileSync(`${folder}/${picture.file}`, svg)
  console.log(`${folder}/${picture.file}: ${(Buffer.byteLength(svg) / 1000).toFixed(1)} kB`)
}
