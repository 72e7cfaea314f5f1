import { execFileSync } from 'node:child_process'

/** Runs npm and returns what it prints. On Windows it is a script, which only a shell starts. */
export const npm = (line, options = {}) =>
  execFileSync('npm', line, { encoding: 'utf8', shell: process.platform === 'win32', ...options })
