// form-data asks for the type of a file by its name; no part that we send has one.
exports.lookup = exports.contentType = () => {
  throw new Error('no file names')
}
