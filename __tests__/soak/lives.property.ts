import fc from 'fast-check'
import { holds, isQuick } from '../helpers/property.ts'
import { checkConduct } from './check-conduct.ts'
import { checkLogs } from './check-logs.ts'
import { checkVerdict } from './check-verdict.ts'
import { lives } from './life.ts'
import { live } from './live.ts'
import { told } from './told.ts'

test('whatever a pipeline goes through: what is said of it is true, every line of its logs comes once, and it ends', async () => {
  await holds(
    fc.asyncProperty(lives, async (life) => {
      const lived = await live(life)
      const wrong = [...checkVerdict(lived), ...checkLogs(lived), ...checkConduct(lived)]
      if (wrong.length > 0) throw new Error(told(life, lived, wrong))
    }),
    isQuick ? 100 : 300,
  )
}, 900_000)
