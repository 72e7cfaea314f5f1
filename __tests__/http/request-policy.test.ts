import { openHttpSession } from '../../src/http/http-session.ts'
import { requestPolicies, type RequestPolicy } from '../../src/http/request-policy.ts'
import { pollPolicy } from '../../src/session/poll-policy.ts'
import { sessionOptions } from '../../src/session/retry-policy.ts'
import type { Fault } from '../../src/sandbox/server.ts'
import { useGitlab } from '../helpers/gitlab.ts'
import { newWorld } from '../helpers/world.ts'

const gitlab = useGitlab()

/** How often a request of a policy is sent to a server that fails every time, with a deadline in a minute. */
async function countSent(policy: RequestPolicy, fault: Fault): Promise<number> {
  for (let at = 0; at < 100; at += 1) gitlab().failNext(fault)
  const { context } = newWorld()
  const budget = { signal: context.interrupted, deadline: context.now() + 60_000 }
  const session = openHttpSession(gitlab().url, {
    ...sessionOptions(3, context, budget, () => Promise.resolve()),
    transport: {},
  })
  const isWrite = policy === 'write' || policy === 'idempotent write'
  try {
    await session.send(
      { policy, method: isWrite ? 'POST' : 'GET', url: `${gitlab().url}/api/v4/version`, headers: {} },
      policy === 'poll' ? { poll: pollPolicy(context, 30_000) } : {},
    )
  } finally {
    session.close()
  }
  return gitlab().requests.length
}

// prettier-ignore
const rows: [policy: Exclude<RequestPolicy, 'trigger'>, fault: string, sent: number][] = [
  ['read', '502', 7], ['read', 'reset', 7], ['read', '404', 1],
  ['poll', '502', 7], ['poll', 'reset', 7], ['poll', '404', 4], ['poll', '403', 4],
  ['write', '502', 1], ['write', 'reset', 1], ['write', '404', 1],
  ['idempotent write', '502', 3], ['idempotent write', 'reset', 3], ['idempotent write', '404', 1],
  ['probe', '502', 1], ['probe', 'reset', 1], ['probe', '404', 1],
]

test.each(rows)('%s: a server that answers %s for ever is asked %i times', async (policy, fault, sent) => {
  const failing: Fault =
    fault === 'reset'
      ? { kind: 'reset after' }
      : { kind: 'answer', status: Number(fault), body: JSON.stringify({ message: fault }) }
  expect(await countSent(policy, failing)).toBe(sent)
})

test('every policy but that of a trigger has its rows; a trigger is sent by post()', async () => {
  expect([...new Set(rows.map(([policy]) => policy)), 'trigger'].sort()).toEqual(
    Object.keys(requestPolicies).sort(),
  )
  await expect(countSent('trigger', { kind: 'reset' })).rejects.toThrow('cannot be sent like this')
})
