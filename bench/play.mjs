// Plays the schedules against one client and counts the results.
import { startFront } from './front.mjs'
import { judge } from './judge.mjs'
import { inWords } from './schedule.mjs'

const mostExamples = 10

function newTally() {
  const counts = { runs: 0, posts: 0, ok: 0, unknown: 0, unknownBuilt: 0, failed: 0, exists: 0 }
  return { ...counts, doubled: 0, calledFailed: 0, calledOk: 0, claimed: 0, wrongId: 0, broken: 0 }
}

const tallyOf = {
  'called failed': 'calledFailed',
  'called ok': 'calledOk',
  claimed: 'claimed',
  'wrong id': 'wrongId',
  broken: 'broken',
}

function add(tally, { claim, lie, isDoubled }, { ids, posts }) {
  tally.runs += 1
  tally.posts += posts
  if (claim !== 'broken') tally[claim] += 1
  if (claim === 'unknown' && ids.length > 0) tally.unknownBuilt += 1
  if (isDoubled) tally.doubled += 1
  if (lie !== undefined) tally[tallyOf[lie]] += 1
}

/** Makes one call of one client under one schedule. */
async function playOne(client, steps) {
  const front = await startFront(steps, client.now)
  const result = await client.call(front)
  const built = await front.end()
  return { result, built, verdict: judge(client, result, built) }
}

/**
 * Plays [number, steps] pairs, `client.lanes` in parallel, and begins no more after `mostMs`. Resolves to the
 * counts, with details of the first wrong results.
 */
export async function play(client, pairs, mostMs, listen = () => undefined) {
  const started = Date.now()
  const tally = newTally()
  const examples = []
  const left = [...pairs]
  const lane = async () => {
    while (left.length > 0 && Date.now() - started < mostMs) {
      const [number, steps] = left.shift()
      const { result, built, verdict } = await playOne(client, steps)
      listen(number, result, built, verdict)
      add(tally, verdict, built)
      const bad = verdict.isDoubled ? 'doubled' : verdict.lie
      if (bad === undefined || examples.length >= mostExamples) continue
      const said = result.stderr.trim().slice(0, 600)
      examples.push({
        schedule: number,
        bad,
        steps: inWords(steps),
        code: result.code,
        posts: built.posts,
        builds: built.ids.length,
        said,
      })
    }
  }
  await Promise.all(Array.from({ length: client.lanes }, lane))
  return { ...tally, seconds: Math.round((Date.now() - started) / 1000), examples }
}
