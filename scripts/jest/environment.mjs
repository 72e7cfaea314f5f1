import { TestEnvironment } from 'jest-environment-node'
import { loadTested } from './load.mjs'

/** The environment of each test file: jest's own for Node, with a door to the program, which is not loaded anew in it. */
export default class Environment extends TestEnvironment {
  async setup() {
    await super.setup()
    this.global.loadTested = loadTested
  }
}
