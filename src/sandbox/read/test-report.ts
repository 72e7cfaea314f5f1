import { json } from '../http/answer.ts'
import type { Answer } from '../http/answer.ts'
import type { Reading } from '../auth/reading.ts'
import type { Call } from '../http/call.ts'
import { jobLife } from '../life/life.ts'
import type { Pipeline } from '../world/model.ts'
import { jobsOf, pipelineOf } from './find.ts'

interface Case {
  status: 'success' | 'failed' | 'skipped' | 'error'
  name: string
  seconds: number
  output: unknown
}

const passed: Case = { status: 'success', name: 'adds', seconds: 0.5, output: null }
const skipped: Case = { status: 'skipped', name: 'runs on Windows', seconds: 0, output: null }

/** `system_output` is a text, an object or null (go-gitlab `testdata/get_pipeline_testreport.json`). */
const failed: Case[] = [
  { status: 'failed', name: 'subtracts', seconds: 0.25, output: 'expected: 1\n     got: 2 <&> ü' },
  {
    status: 'error',
    name: 'divides',
    seconds: 0.125,
    output: { message: 'divided by 0', type: 'ZeroDivisionError' },
  },
]

function caseShape(suite: string, { status, name, seconds, output }: Case): Record<string, unknown> {
  return {
    status,
    name,
    classname: suite,
    file: `spec/${suite}_spec.rb`,
    execution_time: seconds,
    system_output: output,
    stack_trace: null,
    attachment_url: null,
    recent_failures: null,
  }
}

function totals(cases: Case[]): Record<string, number> {
  const count = (status: string): number => cases.filter((one) => one.status === status).length
  return {
    total_time: cases.reduce((sum, { seconds }) => sum + seconds, 0),
    total_count: cases.length,
    success_count: count('success'),
    failed_count: count('failed'),
    skipped_count: count('skipped'),
    error_count: count('error'),
  }
}

interface Suite {
  name: string
  /** The job that has reported it. */
  build: number
  cases: Case[]
}

/** A suite for each job of the stage `test` that has ended. */
function suitesOf(call: Call, pipeline: Pipeline): Suite[] {
  return jobsOf([pipeline])
    .reverse()
    .filter(({ job }) => job.stage === 'test' && !job.retried)
    .flatMap(({ job }): Suite[] => {
      const { status } = jobLife(pipeline, job, call)
      if (status !== 'success' && status !== 'failed') return []
      const cases = [passed, ...(status === 'failed' ? failed : []), skipped]
      return [{ name: job.name, build: job.id, cases }]
    })
}

/** `GET /pipelines/:pipeline_id/test_report` (docs/gitlab.md#4.1). */
export function show({ call, project }: Reading): Answer {
  const suites = suitesOf(call, pipelineOf(call, project))
  return json(200, {
    ...totals(suites.flatMap(({ cases }) => cases)),
    test_suites: suites.map(({ name, cases }) => ({
      name,
      ...totals(cases),
      suite_error: null,
      test_cases: cases.map((one) => caseShape(name, one)),
    })),
  })
}

/** `GET /pipelines/:pipeline_id/test_report_summary`: the totals without the cases. */
export function summary({ call, project }: Reading): Answer {
  const suites = suitesOf(call, pipelineOf(call, project))
  const all = totals(suites.flatMap(({ cases }) => cases))
  return json(200, {
    total: {
      time: all['total_time'],
      count: all['total_count'],
      success: all['success_count'],
      failed: all['failed_count'],
      skipped: all['skipped_count'],
      error: all['error_count'],
      suite_error: null,
    },
    test_suites: suites.map(({ name, build, cases }) => ({
      name,
      ...totals(cases),
      build_ids: [build],
      suite_error: null,
    })),
  })
}
