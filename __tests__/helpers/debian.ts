import { execFileSync } from 'node:child_process'

function isThere(program: string): boolean {
  try {
    const look = `PATH=$PATH:/usr/sbin:/sbin; test -e ${program} || command -v ${program}`
    execFileSync('/bin/sh', ['-c', look], { cwd: '/', stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

/** Before the tests of a file: makes sure that a program, or a file at an absolute path, is there, from its Debian package if need be. A real part is not skipped. */
export function install(program: string, packageName: string): void {
  beforeAll(() => {
    if (isThere(program)) return
    const apt = (...args: string[]): void => {
      execFileSync('apt-get', ['-qq', ...args], { stdio: 'ignore' })
    }
    try {
      apt('update')
      apt('install', '-y', '--no-install-recommends', packageName)
    } catch (error) {
      throw new Error(`these tests need ${program} (Debian package ${packageName})`, { cause: error })
    }
  }, 300_000)
}
