// undici only needs that assertions throw.
const assert = (value, message = 'an assertion of undici failed') => {
  if (!value) throw Object.assign(new Error(message), { code: 'ERR_ASSERTION' })
}

module.exports = Object.assign(assert, {
  ok: assert,
  equal: (one, other, message) => assert(one === other, message),
  strictEqual: (one, other, message) => assert(one === other, message),
  notStrictEqual: (one, other, message) => assert(one !== other, message),
})
