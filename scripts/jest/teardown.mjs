import { rmSync } from 'node:fs'
import { removeCompiled } from './compile.mjs'

/** Jest's global tear-down. */
export default function teardown() {
  removeCompiled()
  const folder = globalThis.memoryFolder
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true })
}
