import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { limitsFor, type UnpackLimits } from '../../src/reports/extraction-folder.ts'
import { entryNameProblem, folderName, partsOf, staysInside } from '../../src/reports/entry-name.ts'
import { unpack, type Unpacked } from '../../src/reports/unpack.ts'
import { newFolder } from '../helpers/world.ts'
import { zipOf, type ZipEntry } from '../helpers/zip.ts'
import { holds } from '../helpers/property.ts'

const never = new AbortController().signal

/** Everything below a folder: files with their content, links with their target. */
function treeOf(folder: string): Record<string, string> {
  if (!existsSync(folder)) return {}
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort()
  return Object.fromEntries(
    names.map((name) => {
      const path = join(folder, name)
      const stats = lstatSync(path)
      if (stats.isSymbolicLink()) return [name, `-> ${readlinkSync(path)}`]
      return [name, stats.isDirectory() ? '/' : readFileSync(path, 'utf8')]
    }),
  )
}

interface Outcome {
  result: Unpacked | undefined
  error: string
  tree: Record<string, string>
  /** What is beside the folder and should not be. */
  escaped: string[]
}

async function unpacked(
  archive: Buffer,
  limits?: UnpackLimits,
  before?: (folder: string) => void,
): Promise<Outcome> {
  const { path, remove } = newFolder()
  try {
    const folder = join(path, 'a', 'b', 'inside')
    mkdirSync(folder, { recursive: true })
    before?.(folder)
    writeFileSync(join(path, 'archive'), archive)
    let result: Unpacked | undefined
    let error = ''
    try {
      result = await unpack(join(path, 'archive'), folder, never, limits)
    } catch (thrown) {
      error = (thrown as Error).name + ': ' + (thrown as Error).message
    }
    const expected = ['a', 'a/b', 'a/b/inside', 'archive']
    const all = readdirSync(path, { recursive: true, encoding: 'utf8' })
    const escaped = all.filter((name) => !expected.includes(name) && !name.startsWith('a/b/inside/'))
    return { result, error, tree: treeOf(folder), escaped }
  } finally {
    remove()
  }
}

test('files, folders, empty ones too, with their content and the right to be run', async () => {
  const umask = process.umask(0o027)
  const { path, remove } = newFolder()
  try {
    const archive = join(path, 'archive')
    writeFileSync(
      archive,
      zipOf(
        { name: 'bin/' },
        { name: 'bin/run', data: '#!/bin/sh\n', mode: 0o100755 },
        { name: './größe/ü 日本.txt', data: 'ü'.repeat(100_000), isDeflated: true },
        { name: 'none' },
        { name: 'empty/', mode: 0o040755 },
        { name: 'setuid', data: 'x', mode: 0o106777 },
        { name: 'dos', data: 'd', mode: 0 },
        { name: 'read-only', data: 'r', mode: 0o100400 },
      ),
    )
    const folder = join(path, 'to')
    mkdirSync(folder)
    expect(await unpack(archive, folder, never)).toEqual({ files: 6, leftOut: [] })
    expect(treeOf(folder)).toEqual({
      bin: '/',
      'bin/run': '#!/bin/sh\n',
      dos: 'd',
      empty: '/',
      größe: '/',
      'größe/ü 日本.txt': 'ü'.repeat(100_000),
      none: '',
      'read-only': 'r',
      setuid: 'x',
    })
    const mode = (name: string): string => (statSync(join(folder, name)).mode & 0o7777).toString(8)
    expect(['bin/run', 'setuid', 'dos', 'read-only', 'empty'].map(mode)).toEqual([
      '750',
      '750',
      '640',
      '640',
      '750',
    ])
  } finally {
    process.umask(umask)
    remove()
  }
})

// prettier-ignore
const hostile: [name: string, entries: ZipEntry[], says: RegExp][] = [
  ['an absolute path', [{ name: '/etc/passwd' }], /absolute/],
  ['a path that goes up', [{ name: '../escape' }], /leave the folder/],
  ['a path that goes up later', [{ name: 'x/../../escape' }], /leave the folder/],
  ['a path that ends in ..', [{ name: 'x/..' }], /leave the folder/],
  ['.. as a folder', [{ name: '../' }], /leave the folder/],
  ['.. behind a dot', [{ name: './../escape' }], /leave the folder/],
  ['backslashes', [{ name: '..\\..\\escape' }], /backslash/],
  ['a drive', [{ name: 'C:escape' }], /absolute/],
  ['a share', [{ name: '\\\\host\\share' }], /backslash/],
  ['a NUL', [{ name: 'good\0/../../escape' }], /NUL/],
  ['no name', [{ name: '' }], /no name/],
  ['no name but dots', [{ name: './.' }], /no name/],
  ['a name without end', [{ name: 'x'.repeat(256) }], /too long/],
  ['a path without end', [{ name: 'x/'.repeat(2000) + 'y' }], /too long/],
  ['a device', [{ name: 'sda', mode: 0o060666 }], /device/],
  ['a terminal', [{ name: 'tty', mode: 0o020666 }], /device/],
  ['a pipe', [{ name: 'fifo', mode: 0o010666 }], /device/],
  ['a socket', [{ name: 'socket', mode: 0o140666 }], /device/],
  ['a file twice', [{ name: 'x', data: '1' }, { name: 'x', data: '2' }], /two of its entries/],
  ['a file below a file', [{ name: 'x', data: '1' }, { name: 'x/y', data: '2' }], /two of its entries/],
  ['a folder in place of a file', [{ name: 'x', data: '1' }, { name: 'x/' }], /two of its entries/],
  ['a file through a link', [{ name: 'x', data: 'good', mode: 0o120777 }, { name: 'x/escape', data: '2' }], /two of its entries/],
  ['a link through a link', [{ name: 'y/z', data: 'x', mode: 0o120777 }, { name: 'y', data: 'q', mode: 0o120777 }], /two of its entries/],
  ['an encrypted file', [{ name: 'x', data: 'x'.repeat(12), size: 0, flags: 0x0801 }], /encrypted/],
  ['an unknown packing', [{ name: 'x', data: 'x', method: 93 }], /packed/],
  ['a wrong checksum', [{ name: 'x', data: 'x', crc: 1 }], /damaged/],
  ['more than it says', [{ name: 'x', data: 'x'.repeat(100), size: 10, isDeflated: true }], /not a whole zip/],
  ['less than it says', [{ name: 'x', data: 'x', size: 10, isDeflated: true }], /not a whole zip/],
  ['other data than deflated', [{ name: 'x', data: 'not deflated', method: 8 }], /not a whole zip/],
]

test.each(hostile)('an archive with %s is refused', async (_, entries, says) => {
  const { result, error, escaped } = await unpacked(zipOf({ name: 'good', data: 'g' }, ...entries))
  expect(result).toBeUndefined()
  expect(error).toMatch(/^ArchiveError/)
  expect(error).toMatch(says)
  expect(escaped).toEqual([])
})

/** Large numbers, as zip64 writes them. */
const long = (value: bigint): Buffer => {
  const field = Buffer.alloc(8)
  field.writeBigUInt64LE(value)
  return field
}
const end64 = Buffer.from(
  '504b0506' + '0000'.repeat(2) + 'ffff'.repeat(2) + 'ffffffff'.repeat(2) + '0000',
  'hex',
)
const pointer64 = (to: bigint): Buffer =>
  Buffer.concat([Buffer.from('504b060700000000', 'hex'), long(to), Buffer.from('01000000', 'hex')])

test.each([
  ['a pointer to nowhere', Buffer.concat([Buffer.alloc(99), pointer64(2n ** 63n), end64])],
  ['a pointer that is negative', Buffer.concat([Buffer.alloc(99), pointer64(2n ** 64n - 1n), end64])],
  ['nothing', Buffer.alloc(0)],
  ['a page', Buffer.from('<html>Sign in</html>')],
  ['half of it', zipOf({ name: 'x', data: 'x'.repeat(1000) }).subarray(0, 500)],
  ['its second half', zipOf({ name: 'x', data: 'x'.repeat(1000) }).subarray(500)],
])('%s is no zip file', async (_, archive) => {
  const { error, tree } = await unpacked(archive)
  expect(error).toMatch(/^ArchiveError: it is not a whole/)
  expect(tree).toEqual({})
})

const small: UnpackLimits = { entries: 10, bytes: 1_000_000 }
const zeros = Buffer.alloc(400_000)

// prettier-ignore
const bombs: [name: string, archive: Buffer, says: RegExp][] = [
  ['many files', zipOf(...Array.from({ length: 11 }, (_, at) => ({ name: `f${at}` }))), /more than 10 files/],
  ['many folders in one name', zipOf({ name: 'a/b/c/d/e/f/g/h/i/j/k' }), /more than 10 files/],
  ['many bytes', zipOf(...Array.from({ length: 3 }, (_, at) => ({ name: `f${at}`, data: zeros, isDeflated: true }))), /more than 1000000 bytes/],
  ['one file under many names', zipOf({ name: 'f', data: zeros, isDeflated: true }, { name: 'g', data: zeros, isDeflated: true, sameAs: 0 }, { name: 'h', data: zeros, isDeflated: true, sameAs: 0 }), /more than 1000000 bytes/],
  ['one that says it has 4 GiB', zipOf({ name: 'f', data: zeros, isDeflated: true, size: 0xfffffffe }), /more than 1000000 bytes/],
]

test.each(bombs)('a bomb of %s ends at the limit', async (_, archive, says) => {
  const { error, tree } = await unpacked(archive, small)
  expect(error).toMatch(says)
  const written = Object.values(tree).reduce((sum, text) => sum + text.length, 0)
  expect(written).toBeLessThanOrEqual(1_000_000)
})

test.each([
  [0, 1024 ** 3],
  [1024 ** 2, 1024 ** 3],
  [100 * 1024 ** 2, 10_000 * 1024 ** 2],
  [1024 ** 4, 64 * 1024 ** 3],
])('an archive of %i bytes may become %i', (size, bytes) => {
  expect(limitsFor(size)).toEqual({ entries: 200_000, bytes })
})

// prettier-ignore
const links: [target: string, depth: number, isInside: boolean][] = [
  ['x', 0, true], ['x/y', 0, true], ['./x', 0, true], ['../x', 1, true], ['..', 1, true], ['../../x', 2, true],
  ['../x', 0, false], ['..', 0, false], ['../../x', 1, false], ['/etc/passwd', 3, false], ['x/../y', 3, false],
  ['x/../../y', 1, false], ['./../x', 1, false], ['..//etc', 1, false], ['', 1, false], ['C:x', 1, false], ['a\\b', 1, false], ['a\0', 1, false],
]

test.each(links)('a link to %j, %i folders down: inside is %s', (target, depth, isInside) => {
  expect(staysInside(target, depth)).toBe(isInside)
})

test('links that stay inside are made, the others are left out', async () => {
  const link = 0o120777
  const archive = zipOf(
    { name: 'lib/up', data: '../../../etc', mode: link },
    { name: 'lib/libx.so', data: 'libx.so.1', mode: link },
    { name: 'lib/libx.so.1', data: 'code' },
    { name: 'root', data: '/', mode: link },
    { name: 'tmp', data: '/tmp', mode: link },
    { name: 'tmp/escape', data: 'stays' },
    { name: 'bin/lib', data: '../lib', mode: link },
    { name: 'long', data: 'x'.repeat(5000), mode: link },
  )
  const { result, tree, escaped } = await unpacked(archive)
  expect(result).toEqual({
    files: 2,
    leftOut: ['lib/up', 'root', 'tmp', 'long'].map((name) => ({
      name,
      why: 'it is a link that leads out of the folder',
    })),
  })
  expect(escaped).toEqual([])
  expect(tree).toMatchObject({
    'lib/libx.so': '-> libx.so.1',
    'lib/libx.so.1': 'code',
    'bin/lib': '-> ../lib',
  })
  expect(Object.keys(tree)).not.toContain('root')
})

test('links that somebody has put there meanwhile are not written through', async () => {
  const { path, remove } = newFolder()
  try {
    const plant = (folder: string): void => {
      symlinkSync(path, join(folder, 'x'))
      symlinkSync(join(path, 'planted'), join(folder, 'y'))
    }
    expect((await unpacked(zipOf({ name: 'x/escape', data: '1' }), undefined, plant)).error).toMatch(
      /two of its/,
    )
    expect((await unpacked(zipOf({ name: 'y', data: '1' }), undefined, plant)).error).toMatch(/two of its/)
    expect(readdirSync(path)).toEqual([])
  } finally {
    remove()
  }
})

test('a folder that is gone is no fault of the archive', async () => {
  const { error } = await unpacked(zipOf({ name: 'x', data: '1' }), undefined, (folder) => {
    rmSync(folder, { recursive: true })
  })
  expect(error).toMatch(/^Error: ENOENT/)
})

test('an abort ends it', async () => {
  const { path, remove } = newFolder()
  writeFileSync(join(path, 'archive'), zipOf({ name: 'x', data: '1' }))
  const signal = AbortSignal.abort(new Error('stop'))
  await expect(unpack(join(path, 'archive'), path, signal)).rejects.toThrow('stop')
  expect(existsSync(join(path, 'x'))).toBe(false)
  remove()
})

test('no flipped byte makes it crash, hang or write elsewhere', async () => {
  const archive = zipOf(
    { name: 'a/b.txt', data: 'text '.repeat(50), isDeflated: true },
    { name: 'c', data: 'a/b.txt', mode: 0o120777 },
    { name: 'd', data: 'stored' },
  )
  const flips = fc.array(fc.tuple(fc.nat(archive.length - 1), fc.nat(255)), { minLength: 1, maxLength: 4 })
  await holds(
    fc.asyncProperty(flips, async (bytes) => {
      const broken = Buffer.from(archive)
      for (const [at, value] of bytes) broken[at] = value
      const { error, escaped } = await unpacked(broken, { entries: 1000, bytes: 1_000_000 })
      expect(escaped).toEqual([])
      if (error !== '') expect(error).toMatch(/^ArchiveError/)
    }),
    200,
  )
})

test('any name is refused, or its parts are plain names', () => {
  const piece = fc.constantFrom('..', '.', '', 'a', '\\', ':', '\0', 'C:', ' ', '~')
  const name = fc.oneof(
    fc.array(piece, { maxLength: 5 }).map((parts) => parts.join('/')),
    fc.string(),
  )
  holds(
    fc.property(name, (text) => {
      if (entryNameProblem(text) !== '') return
      const root = '/x/y/z'
      expect(join(root, ...partsOf(text), '.')).toMatch(/^\/x\/y\/z(\/|$)/)
    }),
  )
})

test.each(['con', 'NUL.txt', 'a/com1', 'ab:y', 'dot.', 'blank ', 'a?b'])('Windows cannot have %j', (name) => {
  expect([entryNameProblem(name, true), entryNameProblem(name, false)]).toEqual([
    'Windows cannot have such a name',
    '',
  ])
})

// prettier-ignore
const folders: [job: string, folder: string][] = [
  ['run_tests', 'run_tests'], ['rspec 1/5', 'rspec 1_5'], ['..', '__'], ['.hidden', '_hidden'], ['', '_'], ['nul', '_nul'], ['a\nb\0', 'a_b_'],
  ['build:linux [x86, 1.0]', 'build_linux [x86, 1.0]'], ['größe 日本', 'größe 日本'], [' a. ', 'a_'], ['\ud800', '\ufffd'],
]

test.each(folders)('the folder of job %j is %j', (job, folder) => {
  expect(folderName(job)).toBe(folder)
})

test('the folder of any job is one plain, short name', () => {
  holds(
    fc.property(fc.string({ unit: 'binary', maxLength: 250 }), (job) => {
      const name = folderName(job)
      expect(entryNameProblem(name, true)).toBe('')
      expect(partsOf(name)).toEqual([name])
      expect(Buffer.byteLength(name)).toBeLessThanOrEqual(210)
    }),
  )
})
