// Compares what a client reported with the pipelines that exist.

const claims = { 0: 'ok', 3: 'exists', 8: 'exists', 11: 'exists', 7: 'unknown' }
for (const code of [2, 4, 5, 6, 10, 12, 14]) claims[code] = 'failed'

const sentences =
  /No pipeline was created\.|A pipeline may have been created\.|A pipeline was created\b[^.\n]*\.|Pipeline \d+ was created\./g

/**
 * This program reports by exit code and by one sentence whether a pipeline exists. Checks both and the id.
 */
function judgeOurs({ code, stdout, stderr }, { ids, theirs }) {
  const claim = claims[code] ?? 'broken'
  const said = stderr.match(sentences) ?? []
  if (claim === 'broken' || said.length !== (code === 0 ? 0 : 1)) return { claim: 'broken', lie: 'broken' }
  const isNone = claim === 'failed' || said[0] === 'No pipeline was created.'
  const isMade = claim === 'ok' || claim === 'exists' || /^(A build was|Build )/.test(said[0] ?? '')
  if (isNone && ids.length > 0) return { claim, lie: 'called failed' }
  const told = Number(stdout.trim() === '' ? (/^Build (\d+) was/.exec(said[0] ?? '')?.[1] ?? NaN) : stdout)
  if (theirs.includes(told)) return { claim, lie: 'claimed' }
  if (isMade && ids.length === 0) return { claim, lie: 'called ok' }
  if (claim === 'ok' && !ids.includes(Number(stdout))) return { claim, lie: 'wrong id' }
  return { claim }
}

/** A peer reports success or failure only. */
function judgePeer({ code }, { ids }) {
  const claim = code === 0 ? 'ok' : 'failed'
  if (claim === 'failed' && ids.length > 0) return { claim, lie: 'called failed' }
  if (claim === 'ok' && ids.length === 0) return { claim, lie: 'called ok' }
  return { claim }
}

/**
 * Judges a result. `lie` is one of: called failed (a pipeline exists), called ok (none does), claimed (it is
 * another user's), wrong id, broken (an exit code or sentence that this program does not have).
 */
export function judge(client, result, built) {
  return {
    ...(client.isOurs ? judgeOurs(result, built) : judgePeer(result, built)),
    isDoubled: built.ids.length > 1,
  }
}
