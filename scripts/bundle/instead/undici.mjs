// The parts of undici that src/http uses. Its index loads fetch, caches, mocks and WebSocket too, which takes longer than a trigger. These paths
// are no promise of undici's: a build without them fails, and then exports from 'undici' have to do.
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js'
import connect from 'undici/lib/api/api-connect.js'
import request from 'undici/lib/api/api-request.js'

// As the index does.
Object.assign(Dispatcher.prototype, { connect, request })

export { default as Agent } from 'undici/lib/dispatcher/agent.js'
export { default as buildConnector } from 'undici/lib/core/connect.js'
export { default as Client } from 'undici/lib/dispatcher/client.js'

/** Only for SOCKS. */
export function ProxyAgent(...options) {
  const Real = require('undici/lib/dispatcher/proxy-agent.js')
  return new Real(...options)
}
