import { accessSync, constants, writeFileSync } from 'node:fs'
import { join } from 'node:path'

// A file system whose server is gone, as that of a lost network: FUSE, mounted by a program that answers nothing.

/** Whether this machine lets a test mount such a file system: that needs root and /dev/fuse. */
export function canMountFuse(): boolean {
  try {
    accessSync('/dev/fuse', constants.R_OK | constants.W_OK)
    return process.getuid?.() === 0
  } catch {
    return false
  }
}

/** Writes the program, and returns its path. Python runs it with a folder: it mounts that, says so in a line, and waits until its input ends. */
export function writeMountProgram(folder: string): string {
  const path = join(folder, 'mount.py')
  writeFileSync(
    path,
    `
import ctypes, os, sys
fd = os.open('/dev/fuse', os.O_RDWR)
options = f'fd={fd},rootmode=40000,user_id=0,group_id=0'.encode()
libc = ctypes.CDLL(None, use_errno=True)
if libc.mount(b'gone', sys.argv[1].encode(), b'fuse', 0, options) != 0: sys.exit(f'mount: {ctypes.get_errno()}')
print('mounted', flush=True)
sys.stdin.read()
`,
  )
  return path
}
