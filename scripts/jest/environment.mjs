import './without-async-hooks.mjs'
import { TestEnvironment } from 'jest-environment-node'
import { loadTested } from './load.mjs'

/**
 * Jest's Node environment with `loadTested`, so that test files share one loaded copy of the program. The
 * error classes are those of the program, so that `instanceof` holds for errors that a test throws into it.
 */
export default class Environment extends TestEnvironment {
  async setup() {
    await super.setup()
    Object.assign(this.global, { loadTested, Error, TypeError, RangeError, SyntaxError, AggregateError })
  }
}
