import { compile } from './compile.mjs'
import { useMemory } from './temporary.mjs'

/** Jest's global set-up. */
export default async function setup() {
  globalThis.memoryFolder = useMemory()
  await compile()
}
