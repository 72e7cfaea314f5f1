import { TestEnvironment } from 'jest-environment-node'
import { loadTested } from './load.mjs'

/**
 * The environment of each test file: jest's own for Node, with a door to the program, which is not loaded anew in it. The classes of errors are those
 * that the program knows, so that `instanceof` holds for what a test throws into it.
 */
export default class Environment extends TestEnvironment {
  async setup() {
    await super.setup()
    Object.assign(this.global, { loadTested, Error, TypeError, RangeError, SyntaxError, AggregateError })
  }
}
