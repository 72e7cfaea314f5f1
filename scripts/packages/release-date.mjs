import { readFileSync } from 'node:fs'

/** The day of a version's release in CHANGELOG.md, by which a build of it is the same every time; else that of SOURCE_DATE_EPOCH, or today. */
export function releaseDate(version) {
  const changelog = readFileSync('CHANGELOG.md', 'utf8')
  const released = /^## \[([^\]]+)\] - (\d{4}-\d{2}-\d{2})$/m.exec(changelog)
  if (released?.[1] === version) return new Date(released[2])
  const epoch = process.env.SOURCE_DATE_EPOCH
  return new Date(epoch ? Number(epoch) * 1000 : Date.now())
}
