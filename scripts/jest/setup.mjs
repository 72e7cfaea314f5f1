import { compile } from './compile.mjs'
import { useMemory } from './temporary.mjs'

/** Jest's global set-up. */
export default async function setup() {
  // Packages and images are made on a disk, as their users do it, and may take more room.
  if (!['deep', 'night'].includes(process.env.TIER)) globalThis.memoryFolder = useMemory()
  await compile()
}
