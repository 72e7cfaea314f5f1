/** What is sent as it is and may not have been meant, as events. */
export interface VariableNotice {
  type: 'warned' | 'noted'
  text: string
  isGrave: true
}

interface Pair {
  key: string
  value: string
}

/** Names that GitLab sets in each job; CI_DEBUG_TRACE and CI_DEBUG_SERVICES are switches for users (docs/gitlab.md#2.8). */
const predefined =
  /^(CI|CI_(?!DEBUG_(TRACE|SERVICES)$)\w+|GITLAB_(CI|FEATURES|USER_\w+)|CHAT_(CHANNEL|INPUT|USER_ID))$/

const unique = (pairs: readonly Pair[]): string => [...new Set(pairs.map(({ key }) => key))].join(', ')

/**
 * The notices about variables and inputs of all targets, at most one of each kind: values that end in a carriage return, as
 * `$(cat FILE)` makes them of a file with Windows line ends, and names by which a value replaces one of GitLab's own.
 */
export function variableNotices(
  targets: readonly { variables: readonly Pair[]; inputs: readonly Pair[] }[],
): VariableNotice[] {
  const variables = targets.flatMap((each) => each.variables)
  const cut = [...variables, ...targets.flatMap(({ inputs }) => inputs)].filter(({ value }) =>
    value.endsWith('\r'),
  )
  const own = variables.filter(({ key }) => predefined.test(key))
  const notices: VariableNotice[] = []
  if (cut.length > 0) {
    const text = `these values end in a carriage return (CR) and are sent with it: ${unique(cut)}. Was a file with Windows line ends read?`
    notices.push({ type: 'warned', text, isGrave: true })
  }
  if (own.length > 0) {
    const text = `Note: GitLab itself sets ${unique(own)}; in the jobs of this pipeline the value sent here takes precedence.`
    notices.push({ type: 'noted', text, isGrave: true })
  }
  return notices
}
