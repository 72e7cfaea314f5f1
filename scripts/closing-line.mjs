/** A jest reporter that prints "N passed, N failed", by which CI knows that tests ran. */
export default class ClosingLine {
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numPendingTests }) {
    const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : ''
    console.log(`${numPassedTests} passed, ${numFailedTests} failed${skipped}`)
  }
}
