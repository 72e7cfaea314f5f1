// undici uses a limit, and checks whether a body is an IncomingMessage, which it never is.
const { execArgv, env, getBuiltinModule } = process
const isSet = /max-http-header-size/.test(`${execArgv} ${env.NODE_OPTIONS}`)

exports.maxHeaderSize = isSet ? getBuiltinModule('http').maxHeaderSize : 16 * 1024
exports.IncomingMessage = class {}
