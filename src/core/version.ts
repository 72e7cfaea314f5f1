/** The version of this package, a constant so that no run reads package.json; a test compares them. */
export const version = '0.2.0'
