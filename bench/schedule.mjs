// Random fault schedules: what happens to each connection or POST of one call. A seed always gives the same
// schedules.

/** A small seedable random number generator, from 0 up to 1 (mulberry32). */
export function generator(seed) {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

// When the pipeline is created: never, before the client sees the fault, or 200 ms later, as when GitLab
// continues after its gateway has given up.
const wheneverBuilt = ['none', 'made', 'later']

/** All faults with their probability weights. */
const faults = [
  [2, () => ({ kind: 'plain', build: 'made' })],
  [3, () => ({ kind: 'reset at accept', build: 'none' })],
  [4, (pick) => ({ kind: 'reset', build: pick(['none', 'made']) })],
  [4, (pick) => ({ kind: 'fin', build: pick(['none', 'made']) })],
  [3, (pick) => ({ kind: 'silence', build: pick(wheneverBuilt) })],
  [8, (pick) => ({ kind: 'answer', status: pick([500, 502, 503, 504]), build: pick(wheneverBuilt) })],
  [3, (pick) => ({ kind: 'answer', status: 429, retryAfter: pick([0, 1]), build: 'none' })],
  [1, (pick) => ({ kind: 'answer', status: pick([403, 404]), build: 'none' })],
  [2, (pick) => ({ kind: 'cut', how: pick(['reset', 'fin', 'half a head']), build: 'made' })],
  [1, () => ({ kind: 'stalled body', build: 'made' })],
]
const weights = faults.reduce((sum, [weight]) => sum + weight, 0)

// What another user triggers at the same moment, on the same ref with the same variables: nothing, or a
// pipeline just before ours or just after it, by curl or by this program.
const others = ['nobody', 'nobody', 'before, by curl', 'before, by us', 'after, by curl', 'after, by us']

function draw(random) {
  const pick = (choices) => choices[Math.floor(random() * choices.length)]
  return { ...drawFault(random, pick), other: pick(others) }
}

function drawFault(random, pick) {
  let at = random() * weights
  for (const [weight, make] of faults) {
    at -= weight
    if (at < 0) return make(pick)
  }
  return { kind: 'plain', build: 'made' }
}

/**
 * The faults of one call; then everything succeeds. For 2 % of the calls nothing listens at all. In a third of
 * them the variables of pipelines may not be read.
 */
function schedule(random) {
  if (random() < 0.02) return [{ kind: 'nobody listens', build: 'none', other: 'nobody' }]
  const length = [1, 1, 1, 1, 1, 2, 2, 2, 3, 4][Math.floor(random() * 10)]
  const hidesVariables = random() < 1 / 3
  return Array.from({ length }, () => ({ ...draw(random), hidesVariables }))
}

/** The first `count` schedules of a seed. */
export function schedules(seed, count) {
  const random = generator(seed)
  return Array.from({ length: count }, () => schedule(random))
}

/** Describes a schedule. */
export function inWords(steps) {
  const word = ({ kind, status, retryAfter, how, build, other }) => {
    const what = [kind === 'answer' ? status : kind, how].filter(Boolean).join(' by ')
    const after = retryAfter === undefined ? '' : ` Retry-After: ${retryAfter}`
    return `${what}${after} (build: ${build}; somebody else: ${other})`
  }
  const hidden = steps[0].hidesVariables ? '; variables may not be read' : ''
  return steps.map(word).join(', then ') + hidden
}
