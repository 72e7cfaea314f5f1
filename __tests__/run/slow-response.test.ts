import { runAgainst, onWholeRequest, type ScriptIn } from '../helpers/run-against.ts'
import type { WorldOptions } from '../helpers/world.ts'

const json = '{"id":5,"status":"created","ref":"master"}'
const answer = `HTTP/1.1 201 Created\r\ncontent-type: application/json\r\ncontent-length: ${json.length}\r\n\r\n${json}`

/** A server that answers after this many seconds. */
const after = (seconds: number): ScriptIn =>
  onWholeRequest((socket, world) => {
    for (let second = 0; second < seconds; second += 1) world.advance(1000)
    // Messages of that time come before the answer.
    setImmediate(() => socket.end(answer))
  })

describe('a slow answer within the time limit: exit 0, and only a terminal is told of the wait (T82)', () => {
  const terminal: WorldOptions = { tty: ['stderr'], env: { NO_COLOR: '1' } }
  const waiting =
    /^Waiting for http:\/\/127\.0\.0\.1:\d+, at most 90 s\.\nPipeline 5 \(ref master\): created\n$/
  const rows: [name: string, seconds: number, line: string, options: WorldOptions, says: RegExp][] = [
    ['at a terminal', 25, '', terminal, waiting],
    ['at a terminal, nearly at the limit', 89, '', terminal, waiting],
    ['at a terminal, soon', 4, '', terminal, /^Pipeline 5 \(ref master\): created\n$/],
    ['at a terminal, with a limit that is over soon', 4, '--timeout 5', terminal, /^Pipeline 5 [^\n]*\n$/],
    ['at a terminal, --quiet', 25, '--quiet', terminal, /^$/],
    ['for cron', 25, '', {}, /^$/],
    ['in a log of CI', 25, '', { env: { CI: 'true' } }, /^Pipeline 5 \(ref master\): created\n$/],
  ]
  test.each(rows)('%s, after %i s', async (_, seconds, line, options, says) => {
    const typed = `--ref master ${line}`
    const { code, stdout, stderr, server } = await runAgainst(after(seconds), typed, 'http', options)
    expect({ code, stdout }).toEqual({ code: 0, stdout: line === '--quiet' ? '' : '5\n' })
    expect(stderr).toMatch(says)
    expect(server.received).toHaveLength(1)
  })
})
