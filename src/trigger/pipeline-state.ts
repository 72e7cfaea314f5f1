import type { Build, BuildState } from '../core/build.ts'

/**
 * What is true about the pipeline of one trigger, which every error has to say (docs/guarantees.md#G8). This
 * is the only place where it changes, and it changes from `none` by `unknown` to `triggered` only.
 */
export class PipelineState {
  #current: BuildState = { kind: 'none' }

  get current(): BuildState {
    return this.#current
  }

  /**
   * Runs the step that may start a pipeline: until it resolves to one, a pipeline may exist. Resolves and
   * throws as `start`.
   */
  async during<T extends { build: Build }>(start: () => Promise<T>): Promise<T> {
    this.#current = { kind: 'unknown' }
    const started = await start()
    this.#current = { kind: 'triggered', build: started.build }
    return started
  }
}
