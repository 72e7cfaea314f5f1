/**
 * Does `work`, and what WebAssembly is made in it is not optimised soon. V8 11.3 (Node 20) optimises undici's parser after one answer, on a
 * thread that the end of the process waits for: 60 ms, and 40 MB; later V8s wait longer by themselves. The budget is read when the module is made. It
 * must not stay set: with any flag of V8's set, Node refuses its own code cache (performance.md 4.2).
 */
export function withoutWasmTiering(work: () => void): void {
  if (!process.versions.v8.startsWith('11.3.')) {
    work()
    return
  }
  const v8 = process.getBuiltinModule('node:v8')
  v8.setFlagsFromString('--wasm-tiering-budget=1000000000')
  try {
    work()
  } finally {
    v8.setFlagsFromString('--wasm-tiering-budget=1800000')
  }
}
