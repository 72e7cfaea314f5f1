// The same for the one class that form-data gives a name.
module.exports = (object, value) => {
  Object.defineProperty(object, Symbol.toStringTag, { configurable: true, value })
}
