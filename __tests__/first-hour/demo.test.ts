import { readFileSync } from 'node:fs'
import { spawnClient } from '../helpers/spawn.ts'

// Task 1 of the first hour: `npm run demo`, by the bundle that is there (npm run build is the first half of it).

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> }
const sample = ['sandbox', '--pace', '20ms', '--', 'node', 'scripts/demo.mjs']

test('1 the demo: a pipeline, its variable, and where that arrived', async () => {
  expect(scripts['demo']).toContain(sample.join(' ').replace('20ms', '200ms'))
  const { PATH = '' } = process.env
  const { code, stdout, stderr } = await spawnClient(sample, { env: { PATH, HOME: '/nonexistent' } })
  expect({ code, stderr }).toEqual({ code: 0, stderr: expect.not.stringContaining('Error') as string })
  expect(stdout).toContain('$ gitlab-trigger --project 9 --ref master --var UPLOAD_TO_S3=true\n4711\n')
  expect(stdout).toContain('\npipeline 4711: success\n')
  expect(stdout).toMatch(/^GitLab stored: UPLOAD_TO_S3=true, TRIGGER_PAYLOAD=/m)
  expect(stdout).toContain('\n  uploading, UPLOAD_TO_S3=true\n')
})
