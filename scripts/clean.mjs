import { rmSync } from 'node:fs'

rmSync(process.argv[2] ?? 'dist', { recursive: true, force: true })
