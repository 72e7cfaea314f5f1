import Sequencer from '@jest/test-sequencer'

/** Files that are small and take long. */
const slow =
  /\/(soak\/lives\.property|packages\/deb\.deep|ci\/image\.deep|cli\/flag-effects[\w-]*\.test)\.ts$/

/**
 * Jest's order of test files, after those that take long. On a clean checkout, where jest has measured none, it begins with the largest
 * file: these would come last, and one processor would wait for the other.
 */
export default class SlowFirst extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests)
    const isSlow = ({ path }) => slow.test(path)
    return [...sorted.filter(isSlow), ...sorted.filter((test) => !isSlow(test))]
  }
}
