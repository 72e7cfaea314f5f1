import { install } from '../helpers/debian.ts'
import { callsIn, play, type Call } from './helpers/peer.ts'

install('ruby-gitlab', 'ruby-gitlab')

/** Every call, and what it gives or raises against a GitLab 18.9: no row is there because of the sandbox. */
// prettier-ignore
const calls: Call[] = [
  ['user', '"seed"'],
  ['version', '"18.9.0-pre"'],
  ['projects', '"11 10 9"'],
  ['project_search', '"9"'],
  ['project', '9'],
  ['branches', '["feature/x"]'],
  ['branch', '"feature/x"'],
  ['tags', '["v1.0.0", "both"]'],
  ['tag', '"v1.0.0"'],
  ['commits', '1'],
  ['commit', '"Package the thing"'],
  ['create_trigger', '[41, "glptt-", "seed"]'],
  ['triggers', '"31 34 41"'],
  ['trigger', '"nightly"'],
  ['update_trigger', '"changed"'],
  ['remove_trigger', 'Gitlab::ObjectifiedHash'],
  ['trigger again', '"NotFound 404 404 Not found"'],
  ['run_trigger', '4711'],
  ['run_trigger unknown ref', '"BadRequest 400 {\\"base\\"=>[\\"Reference not found\\"]}"'],
  ['run_trigger wrong token', '"NotFound 404 404 Not Found"'],
  ['run_trigger broken file', '"Unprocessable 422 {\\"base\\"=>[\\"jobs config should contain at least one visible job\\"]}"'],
  ['create_pipeline', '"api"'],
  ['create_pipeline unknown ref', '"BadRequest 400 {\\"base\\"=>[\\"Reference not found\\"]}"'],
  ['pipelines', '"4711"'],
  ['pipelines, all pages', '3'],
  ['pipeline', '"success"'],
  ['pipeline_jobs', '["upload_package", "build_package", "run_tests"]'],
  ['pipeline_bridges', '0'],
  ['get variables', '["UPLOAD_TO_S3", "TRIGGER_PAYLOAD"]'],
  ['pipeline_test_report', '2'],
  ['jobs', '2'],
  ['jobs, all pages', '6'],
  ['job', '"artifacts.zip"'],
  ['job_trace', 'true'],
  ['job_artifacts', '"PK"'],
  ['job_artifacts_download', '"PK"'],
  ['job_artifacts_keep', 'true'],
  ['job_artifacts_delete', 'Gitlab::ObjectifiedHash'],
  ['job_erase', 'true'],
  ['job_erase again', '"Forbidden 403 403 Forbidden - Job is not erasable!"'],
  ['job_retry', '"build_package"'],
  ['job_play', '"BadRequest 400 400 Bad request - Unplayable Job"'],
  ['retry_pipeline', 'true'],
  ['cancel_pipeline', '"canceling"'],
  ['delete_pipeline', 'Gitlab::ObjectifiedHash'],
  ['create_pipeline_schedule', '[13, "refs/heads/master", false]'],
  ['create_pipeline_schedule unknown ref', '"BadRequest 400 {\\"ref\\"=>[\\"is ambiguous\\"]}"'],
  ['edit_pipeline_schedule', 'true'],
  ['create_pipeline_schedule_variable', '"1"'],
  ['edit_pipeline_schedule_variable', '"2"'],
  ['pipeline_schedule', '[["A", "2"]]'],
  ['post play', '"201 Created"'],
  ['pipeline_schedule_take_ownership', '"seed"'],
  ['delete_pipeline_schedule_variable', '"A"'],
  ['pipeline_schedules', '"13"'],
  ['delete_pipeline_schedule', 'Gitlab::ObjectifiedHash'],
  ['wrong token', '"Unauthorized 401 401 Unauthorized"'],
]

test('ruby-gitlab: its usual calls', async () => {
  const { code, stdout, stderr } = await play('/usr/bin/ruby', 'ruby_gitlab.rb')
  expect(callsIn(stdout)).toEqual(calls)
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
})
