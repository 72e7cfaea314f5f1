// Each test file has a context of its own, and most of its code runs a few times only: to optimize it for speed, or to compile
// again what was not called for a while, took a tenth of the processor time of all tests. Later versions of V8 do not know the first flag.
import { setFlagsFromString } from 'node:v8'

if (process.version.startsWith('v20.')) setFlagsFromString('--interrupt-budget=500000')
setFlagsFromString('--no-flush-bytecode')
