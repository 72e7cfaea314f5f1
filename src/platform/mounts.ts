import { readFileSync } from 'node:fs'

/** File systems whose files are on this machine, so that their calls end. Of any other nothing is known. */
const local = new Set(
  (
    'ext2 ext3 ext4 xfs btrfs zfs bcachefs f2fs jfs reiserfs vfat exfat ntfs3 iso9660 udf squashfs erofs overlay aufs tmpfs ramfs rootfs ' +
    'devtmpfs proc sysfs cgroup cgroup2 devpts mqueue hugetlbfs debugfs tracefs securityfs configfs pstore bpf efivarfs fusectl ' +
    'binfmt_misc selinuxfs nsfs rpc_pipefs'
  ).split(' '),
)

/** Where the system and desktops mount what no file of ours is on: automount points, portals, packages. */
const apart = /^\/(proc|sys|dev|run|snap|boot)(\/|$)/

/**
 * Whether calls on files may not return, by the text of /proc/self/mountinfo: a file system is mounted that is not known to be
 * local, as of a network. Where that is does not matter: links may lead there.
 */
export function canHangBy(mountinfo: string): boolean {
  return mountinfo
    .trimEnd()
    .split('\n')
    .some((line) => {
      const [before = '', after = ''] = line.split(' - ')
      const [, , , , place = ''] = before.split(' ')
      const [type = ''] = after.split(' ')
      return !local.has(type) && !apart.test(place)
    })
}

/** Whether calls on files of this machine may not return. Where it cannot be told they may. */
export function canFilesHang(): boolean {
  try {
    return canHangBy(readFileSync('/proc/self/mountinfo', 'utf8'))
  } catch {
    return true
  }
}
