import './v8-flags.mjs'
import './without-async-hooks.mjs'
import { TestEnvironment } from 'jest-environment-node'
import { loadPackage, loadTested } from './load.mjs'
import { useTemporary } from './temporary.mjs'

/** What test files of a process keep for those that follow: what takes long to make and never changes. */
const keptForAll = new Map()

/**
 * Jest's Node environment with `loadTested`, `loadPackage` and `keptForAll`, so that test files share one loaded copy of the program. The
 * error classes are those of the program, so that `instanceof` holds for errors that a test throws into it.
 */
export default class Environment extends TestEnvironment {
  constructor(config, context) {
    // Before the environment copies the variables of the process.
    useTemporary(context.testPath)
    super(config, context)
  }

  async setup() {
    await super.setup()
    Object.assign(this.global, {
      loadTested,
      loadPackage,
      keptForAll,
      Error,
      TypeError,
      RangeError,
      SyntaxError,
      AggregateError,
    })
  }
}
