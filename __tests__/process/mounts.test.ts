import { canHangBy } from '../../src/platform/mounts.ts'

// Lines of /proc/self/mountinfo. With a file system that may hang, config files are read aside (docs/performance.md#20).

const root = '28 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda1 rw'
const line = (type: string, place = '/home'): string => `${root}\n30 28 0:26 / ${place} rw - ${type} x rw\n`

test.each([
  ['of this machine', root, false],
  ['a container', '1 0 0:50 / / rw master:3 - overlay overlay rw,lowerdir=/a - b', false],
  ['in memory', line('tmpfs', '/tmp'), false],
  ['NFS', line('nfs4'), true],
  ['NFS, far from the home', line('nfs', '/srv/data'), true],
  ['Samba', line('cifs'), true],
  ['by a program', line('fuse.sshfs'), true],
  ['of the host', line('virtiofs', '/builds'), true],
  ['automatic', line('autofs', '/net'), true],
  ['one of systemd', line('autofs', '/proc/sys/fs/binfmt_misc'), false],
  ['one of the desktop', line('fuse.portal', '/run/user/1000/doc'), false],
  ['unknown', line('newfs'), true],
  ['a name that only begins alike', line('nfs', '/running'), true],
  ['unreadable', '', true],
])('%s', (_, text, canHang) => {
  expect(canHangBy(text)).toBe(canHang)
})
