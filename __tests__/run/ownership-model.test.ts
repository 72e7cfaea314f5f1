import { apiEnvironment } from '../helpers/api.ts'
import { beforeSleep } from '../helpers/before-sleep.ts'
import { gatewayAnswer, triggeredPipeline, useLostResponses } from '../helpers/lost-responses.ts'
import { unknown, statesIn } from '../helpers/pipeline-sentences.ts'
import { pipelineOfLastPost } from '../helpers/trigger-payload.ts'
import type { World } from '../helpers/world.ts'

/**
 * Every world in which the answer to a trigger can get lost (docs/decisions/0040-only-proof-makes-a-pipeline-ours.md): what has
 * become of our POST, what another user triggers in the meantime, what this server and token report, and what was sent.
 */
const { gitlab, runLosingResponse } = useLostResponses()

const variables = { A: '1' }
const theirPayload = { ref: 'master', gitlab_trigger_id: 'of-another-client', variables }

/** What our POST has made, by the second look. */
const ours = ['none', 'one', 'twice'] as const
/** What another user triggers on the same ref. */
const theirs = ['nothing', 'before ours', 'after ours', 'both'] as const
/** What the server reports about the variables of pipelines. */
const servers = ['payload', 'no payload', 'unreadable', 'failing', 'nonsense'] as const

type Server = (typeof servers)[number]

const variablesAnswer: Partial<Record<Server, { status: number; body: string }>> = {
  unreadable: { status: 403, body: '{"message":"403 Forbidden"}' },
  failing: { status: 500, body: '' },
  nonsense: { status: 200, body: '{"sign":"in"}' },
}

/** Sets a world up; the ids of our pipelines and of all are known when it has ended. */
function play(
  world: World,
  mine: (typeof ours)[number],
  others: (typeof theirs)[number],
  server: Server,
): { ours: number[]; all: number[] } {
  const ids = { ours: [] as number[], all: [] as number[] }
  const add = (pipeline: Parameters<ReturnType<typeof gitlab>['addPipeline']>[0]): number => {
    const { payload, ...plain } = { ...pipeline }
    const { id } = gitlab().addPipeline(
      server === 'no payload' ? plain : { ...plain, payload: payload ?? {} },
    )
    ids.all.push(id)
    return id
  }
  const addTheirs = (): unknown => add({ ...triggeredPipeline, variables, payload: theirPayload })
  const addOurs = (): unknown => ids.ours.push(add(pipelineOfLastPost(gitlab())))
  const answer = variablesAnswer[server]
  for (let each = 0; answer && each < 400; each += 1)
    gitlab().failNext({
      kind: 'answer',
      method: 'GET',
      path: '/variables',
      contentType: 'application/json',
      ...answer,
    })
  // Nothing waits before the first look, so that these come between the first and the second.
  beforeSleep(world, 1, () => {
    if (others === 'before ours' || others === 'both') addTheirs()
    if (mine !== 'none') addOurs()
    if (mine === 'twice') addOurs()
    if (others === 'after ours' || others === 'both') addTheirs()
  })
  return ids
}

describe.each(servers)('the server tells: %s', (server) => {
  describe.each(ours)('our pipeline: %s', (mine) => {
    test.each(theirs.flatMap((others) => [false, true].map((marker) => [others, marker] as const)))(
      'of others: %s; --marker: %s',
      async (others, marker) => {
        let ids: ReturnType<typeof play> | undefined
        const { code, stdout, stderr } = await runLosingResponse(
          gatewayAnswer(502, false),
          `--ref master --var A=1${marker ? ' --marker' : ''}`,
          apiEnvironment(gitlab()),
          (world) => {
            ids = play(world, mine, others, server)
          },
        )
        const isProvable = server === 'payload' || (server === 'no payload' && marker)
        const [only, ...more] = ids?.ours ?? []
        if (isProvable && only !== undefined && more.length === 0) {
          expect({ code, stdout, stderr }).toEqual({ code: 0, stdout: `${only}\n`, stderr: '' })
          return
        }
        expect({ code, stdout, states: statesIn(stderr) }).toEqual({ code: 7, stdout: '', states: [unknown] })
        const named = isProvable ? ids?.ours : ids?.all
        expect(stderr).toMatch(named?.length ? /looked it up: pipelines? \d+/ : /no pipeline that fits/)
        const seen = /looked it up: pipelines? ([\d, ]+)/.exec(stderr)?.[1]?.split(', ').map(Number)
        expect(seen?.sort() ?? []).toEqual(named)
      },
    )
  })
})
