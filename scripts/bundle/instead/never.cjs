// HTTP/2 is never offered to a server; a body is a Buffer or nothing, which needs nothing of fetch; no part of a form has a file name of which a type
// could be told.
const never = () => {
  throw new Error('this was never to be used')
}

module.exports = Object.assign(never, { contentType: never, extractBody: never, lookup: never })
