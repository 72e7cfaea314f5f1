// HTTP/2 is never offered to a server (undici's allowH2 is off).
module.exports = () => {
  throw new Error('no HTTP/2')
}
