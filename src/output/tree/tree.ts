import type { Job, Pipeline } from '../../gitlab/pipelines/pipeline.ts'
import { mostImportant, kindOfJob, kindOfPipeline, type StatusClass } from './status-marks.ts'

/** What a node of the tree stands for. */
export type NodeSubject =
  | { what: 'pipeline'; pipeline: Pipeline }
  | { what: 'stage'; name: string | null }
  /** `project` is the project of its pipeline. */
  | { what: 'job'; job: Job; project: string }

/** A pipeline, stage or job with its children. */
export interface Node {
  subject: NodeSubject
  /** The class of its own status. */
  kind: StatusClass
  /** The most important class of it and its descendants. */
  mostImportant: StatusClass
  below: readonly Node[]
}

function node(subject: NodeSubject, kind: StatusClass, below: readonly Node[]): Node {
  return {
    subject,
    kind,
    mostImportant: mostImportant([kind, ...below.map((each) => each.mostImportant)]),
    below,
  }
}

function jobNode(job: Job, project: string): Node {
  const started = job.downstream?.pipeline
  return node({ what: 'job', job, project }, kindOfJob(job), started ? stagesOf(started) : [])
}

function stagesOf({ jobs, project }: Pipeline): Node[] {
  return [...new Set(jobs.map(({ stage }) => stage))].map((name) => {
    const below = jobs.filter(({ stage }) => stage === name).map((job) => jobNode(job, project))
    return node({ what: 'stage', name }, mostImportant(below.map(({ kind }) => kind)), below)
  })
}

/** The tree of a pipeline: stages, their jobs, and below bridges the stages of downstream pipelines. */
export function treeOf(pipeline: Pipeline): Node {
  return node({ what: 'pipeline', pipeline }, kindOfPipeline(pipeline), stagesOf(pipeline))
}

/** A node and its descendants, parents before children. */
export function nodesIn(node: Node): Node[] {
  return [node, ...node.below.flatMap(nodesIn)]
}

/** The jobs among a node and its descendants. */
export function jobsBelow(node: Node): Job[] {
  return nodesIn(node).flatMap(({ subject }) => (subject.what === 'job' ? subject.job : []))
}

/** A key that identifies a pipeline across servers, since ids are unique on one server only. */
export function keyOf({ webUrl, project, id }: Pipeline): string {
  return `${webUrl ?? ''} ${project}/${id}`
}
