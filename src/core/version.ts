/** The version of this package. A constant, so that no run reads package.json; a test compares the two. */
export const version = '0.1.0'
