// jest-circus keeps the test that runs in an AsyncLocalStorage, to know whose an unhandled error is. Once one is in use,
// Node 20 calls hooks for every promise, timer and socket, which costs a tenth of the processor time of all tests. Here
// the store of the last call that has not ended is enough: only of tests that run side by side it may be that of another one.
import { AsyncLocalStorage } from 'node:async_hooks'

/** The stores of the calls of each storage that have not ended. */
const active = new WeakMap()

AsyncLocalStorage.prototype.run = function (store, call, ...values) {
  const stores = active.get(this) ?? new Set()
  active.set(this, stores.add(store))
  const end = () => stores.delete(store)
  let result
  try {
    result = call(...values)
  } catch (error) {
    end()
    throw error
  }
  if (typeof result?.then === 'function') result.then(end, end)
  else end()
  return result
}

AsyncLocalStorage.prototype.getStore = function () {
  return [...(active.get(this) ?? [])].at(-1)
}
