// The stack of an error, in terms of src/. Only a report of a bug needs it: reading source maps costs more than a request.
const { join } = require('node:path')

exports.stackOf = ({ stack = '' }) => {
  try {
    return require(join(__dirname, '../bin/stack.js')).inSource(stack)
  } catch {
    // Without free file descriptors it cannot be read.
    return stack
  }
}
