let isMade = false

/** V8's own `--wasm-tiering-budget` by its version: those of Node 20, 22, 24 and 26 (`node --v8-options`). */
const budgets: Record<string, number> = {
  '11.3': 1_800_000,
  '12.4': 13_000_000,
  '13.6': 13_000_000,
  '14.6': 13_000_000,
}

/**
 * Calls `work` with V8's optimising compiler for WebAssembly off. V8 optimises undici's parser after one response (Node 20) or three (later),
 * on a thread that the process waits for when it ends: 60 ms and 40 MB. V8 reads the flag when a module is compiled. The flag must be put back to
 * exactly what it was, because Node rejects its code cache if any V8 flag differs (docs/performance.md#4.2): where that is not known, it is left alone.
 */
export function withoutWasmTiering(work: () => void): void {
  const budget = budgets[/^\d+\.\d+/.exec(process.versions.v8)?.[0] ?? '']
  // There is one module for all connections: the first makes it.
  if (isMade || budget === undefined) {
    work()
    return
  }
  const v8 = process.getBuiltinModule('node:v8')
  v8.setFlagsFromString('--wasm-tiering-budget=1000000000')
  try {
    work()
  } finally {
    v8.setFlagsFromString(`--wasm-tiering-budget=${String(budget)}`)
    isMade = true
  }
}
