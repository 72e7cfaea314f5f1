export { TriggerError } from './core/errors.ts'
export { PipelineError } from './library/pipeline-error.ts'
export {
  cancelPipeline as cancel,
  logsOfPipeline as logs,
  statusOfPipeline as status,
  waitForPipeline as wait,
} from './library/pipeline-functions.ts'
export { trigger, type TriggerResult } from './library/trigger.ts'

export type { Build, BuildState } from './core/build.ts'
export type { ExitName } from './core/exit-codes.ts'
export type {
  CancelOptions,
  InputValue,
  LogLine,
  LogsOptions,
  PipelineOptions,
  ServerOptions,
  TriggerOptions,
  WaitEvent,
  WaitOptions,
} from './library/options.ts'
export type {
  DownstreamResult as Downstream,
  JobResult as Job,
  PipelineResult as Pipeline,
} from './library/pipeline-result.ts'
