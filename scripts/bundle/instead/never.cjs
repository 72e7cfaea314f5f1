// These parts are never used: HTTP/2 is not offered to servers; bodies are Buffers, which need no fetch; and
// no part of a form has a file name with a MIME type.
const never = () => {
  throw new Error('this was never to be used')
}

module.exports = Object.assign(never, { contentType: never, extractBody: never, lookup: never })
