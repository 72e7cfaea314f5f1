// form-data uses it for one class only.
module.exports = (object, value) => {
  Object.defineProperty(object, Symbol.toStringTag, { configurable: true, value })
}
