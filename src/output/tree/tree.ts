import type { Job, Pipeline } from '../../gitlab/pipelines/pipeline.ts'
import { foremost, kindOfJob, kindOfPipeline, type StatusClass } from './status-marks.ts'

/** What a line of the tree is about. */
export type NodeSubject =
  | { what: 'pipeline'; pipeline: Pipeline }
  | { what: 'stage'; name: string | null }
  /** `project`: where its pipeline is. */
  | { what: 'job'; job: Job; project: string }

/** A pipeline, a stage or a job, with what is in it. */
export interface Node {
  subject: NodeSubject
  /** How it stands itself. */
  kind: StatusClass
  /** What matters most in it and below it. */
  foremost: StatusClass
  below: readonly Node[]
}

function node(subject: NodeSubject, kind: StatusClass, below: readonly Node[]): Node {
  return { subject, kind, foremost: foremost([kind, ...below.map((each) => each.foremost)]), below }
}

function jobNode(job: Job, project: string): Node {
  const started = job.downstream?.pipeline
  return node({ what: 'job', job, project }, kindOfJob(job), started ? stagesOf(started) : [])
}

function stagesOf({ jobs, project }: Pipeline): Node[] {
  return [...new Set(jobs.map(({ stage }) => stage))].map((name) => {
    const below = jobs.filter(({ stage }) => stage === name).map((job) => jobNode(job, project))
    return node({ what: 'stage', name }, foremost(below.map(({ kind }) => kind)), below)
  })
}

/** The tree of a pipeline: stages in the order of their first jobs, jobs, and below the bridges the stages of what they have started. */
export function treeOf(pipeline: Pipeline): Node {
  return node({ what: 'pipeline', pipeline }, kindOfPipeline(pipeline), stagesOf(pipeline))
}

/** A node and everything below it, each before what is in it. */
export function nodesIn(node: Node): Node[] {
  return [node, ...node.below.flatMap(nodesIn)]
}

/** The jobs in a node, itself included. */
export function jobsBelow(node: Node): Job[] {
  return nodesIn(node).flatMap(({ subject }) => (subject.what === 'job' ? subject.job : []))
}

/** What tells a pipeline from others: ids are a server's own, and several pipelines may be followed at once. */
export function keyOf({ webUrl, project, id }: Pipeline): string {
  return `${webUrl ?? ''} ${project}/${id}`
}
