import fc from 'fast-check'
import { checkConduct } from './check-conduct.ts'
import { checkLogs } from './check-logs.ts'
import { checkVerdict } from './check-verdict.ts'
import { lives } from './life.ts'
import { live } from './live.ts'
import { told } from './told.ts'
import { appendFileSync } from 'node:fs'

test('survey', async () => {
  const n = Number(process.env['N'] ?? 100)
  const seed = Number(process.env['SEED'] ?? 1)
  const all = fc.sample(lives, { numRuns: n, seed })
  const kinds: Record<string, number[]> = {}
  const codes: Record<string, number> = {}
  for (const [at, life] of all.entries()) {
    if (process.env['ONE'] && !process.env['ONE'].split(',').includes(String(at))) continue
    try {
      const lived = await live(life)
      if (process.env['ONE']) console.log(told(life, lived, [...checkVerdict(lived), ...checkLogs(lived), ...checkConduct(lived)]))
      codes[lived.code] = (codes[lived.code] ?? 0) + 1
      for (const wrong of [...checkVerdict(lived), ...checkLogs(lived), ...checkConduct(lived)]) {
        const key = wrong.replace(/\d+/g, '#').slice(0, 160)
        ;(kinds[key] ??= []).push(at)
      }
    } catch (error) {
      ;(kinds[String((error as Error).stack).slice(0, 600)] ??= []).push(at)
    }
  }
  appendFileSync('/tmp/survey.txt', `${JSON.stringify({ n, seed, codes })}\n${Object.entries(kinds).sort((a,b)=>b[1].length-a[1].length).map(([k, v]) => `${v.length}x [${v.slice(0, 8).join(',')}] ${k}`).join('\n')}\n`)
}, 1_800_000)
