// Runs in a terminal: connects to the port that it is given, reads events of a run as lines of JSON, shows each, and answers each with a
// line once it is written. Ctrl-C does what it does to a run: the pipeline is left, and the error printed.
import { connect } from 'node:net'
import { createInterface } from 'node:readline'
import { TriggerError } from '../../build/core/errors.js'
import { printFailure } from '../../build/output/reporters/failure.js'
import { reporterFor } from '../../build/output/reporters/reporter.js'
import { withSink } from '../../build/output/terminal/sink.js'
import { processContext } from '../../build/platform/process.js'

const context = withSink(processContext())
const report = await reporterFor({}, context)
const socket = connect(Number(process.argv[2]), '127.0.0.1')
let last

context.interrupted.addEventListener('abort', async () => {
  if (last) await report({ ...last, type: 'left' })
  await printFailure(
    new TriggerError({ exit: 'interrupt', message: 'stopped by SIGINT; the pipeline is still running' }),
    context,
  )
  process.exitCode = 130
  socket.end()
})

const answers = {
  async event(event) {
    if (event.type === 'looked') last = event
    await report(event)
    return 'done'
  },
  async print(text) {
    await context.stdout.write(text)
    return 'done'
  },
  size: () => `${context.stderr.columns}x${context.stderr.rows}`,
  end: () => 'done',
}

for await (const line of createInterface({ input: socket })) {
  const [[what, value]] = Object.entries(JSON.parse(line))
  socket.write(`${await answers[what](value)}\n`)
  if (what === 'end') socket.end()
}
