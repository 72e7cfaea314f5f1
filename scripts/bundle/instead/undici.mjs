// The parts of undici that src/http uses. undici's index also loads fetch, caches, mocks and WebSocket, which
// takes longer than a trigger.
import connect from 'undici/lib/api/api-connect.js'
import request from 'undici/lib/api/api-request.js'
import Dispatcher from 'undici/lib/dispatcher/dispatcher.js'

// undici's index does the same.
Object.assign(Dispatcher.prototype, { connect, request })

export { default as Agent } from 'undici/lib/dispatcher/agent.js'
export { default as buildConnector } from 'undici/lib/core/connect.js'
export { default as Client } from 'undici/lib/dispatcher/client.js'
