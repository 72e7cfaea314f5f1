/** A jest reporter: CI reads the plain line "N passed, N failed" to know that tests ran. */
export default class ClosingLine {
  onRunComplete(_contexts, { numPassedTests, numFailedTests, numPendingTests }) {
    const skipped = numPendingTests > 0 ? `, ${numPendingTests} skipped` : ''
    console.log(`${numPassedTests} passed, ${numFailedTests} failed${skipped}`)
  }
}
