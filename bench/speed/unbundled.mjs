// The program as plain `tsc` output with node_modules, to measure what bundling gains.
import { main } from '../../build/main.js'
import { processContext } from '../../build/platform/process.js'

process.exitCode = await main(process.argv.slice(2), processContext())
