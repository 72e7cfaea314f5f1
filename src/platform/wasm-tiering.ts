let isMade = false

/**
 * Calls `work` with V8's optimising compiler for WebAssembly off. V8 11.3 (Node 20) optimises undici's parser
 * after one response, on a thread that the process waits for when it ends: 60 ms and 40 MB. Later versions of
 * V8 start later. V8 reads the flag when a module is compiled. The flag must not stay set, because Node
 * rejects its code cache if any V8 flag differs (docs/performance.md#4.2).
 */
export function withoutWasmTiering(work: () => void): void {
  // There is one module for all connections: the first makes it.
  if (isMade || !process.versions.v8.startsWith('11.3.')) {
    work()
    return
  }
  const v8 = process.getBuiltinModule('node:v8')
  v8.setFlagsFromString('--wasm-tiering-budget=1000000000')
  try {
    work()
  } finally {
    v8.setFlagsFromString('--wasm-tiering-budget=1800000')
    isMade = true
  }
}
