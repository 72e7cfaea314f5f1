import { runAgainstTrace } from '../helpers/trace-server.ts'
import type { World } from '../helpers/world.ts'

// A large log that goes into a file takes its time: at a terminal it is seen how far it is, elsewhere nothing is said.

const log = `${'one line of the log\n'.repeat(5000)}the end\n`

async function typed(tty: ('stdout' | 'stderr')[]): Promise<{ stdout: string; stderr: string }> {
  let world: World | undefined
  return runAgainstTrace(
    {
      trace: () => {
        world?.advance(700)
        return { body: log, headers: { 'content-length': String(log.length) } }
      },
      endedMsAgo: 600_000,
    },
    'logs 500',
    (each) => {
      world = each
      each.context.env = { ...each.context.env, TERM: 'xterm' }
      for (const name of tty) Object.assign(each.context[name], { isTTY: true })
    },
  )
}

test('at a terminal, with the job, and bytes when they come', async () => {
  const { stdout, stderr } = await typed(['stderr'])
  expect(stdout).toBe(log)
  expect(stderr).toContain('log of unit')
})

test.each([[[]], [['stdout', 'stderr']]] as ('stdout' | 'stderr')[][][])(
  'not with %j: it is seen itself, or nobody looks on',
  async (tty) => {
    const { stderr } = await typed(tty)
    expect(stderr).not.toContain('log of unit')
  },
)
