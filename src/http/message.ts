import type { RequestPolicy } from './request-policy.ts'

/** A request as a value: it can be printed, compared and redacted before it is sent. */
export interface HttpRequest {
  /** How it is sent, and what is repeated. */
  policy: RequestPolicy
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  url: string
  headers: Readonly<Record<string, string>>
  /** After a 401: the headers with a token that was replaced in the meantime; undefined where it was not. */
  renewed?: () => Promise<Readonly<Record<string, string>> | undefined>
  /** Sent as multipart/form-data. */
  form?: readonly (readonly [name: string, value: string])[]
}

/** An answer, as far as it came. Header names are lower case. */
export interface Answer {
  kind: 'answer'
  status: number
  headers: Readonly<Record<string, string>>
  body: string
  /** False when the connection broke, or was ended, before the end of the body. */
  isComplete: boolean
  /** Why an incomplete body ended: the signal's reason, or the connection's error. */
  error?: unknown
  contactLost?: string
  earlier?: readonly Outcome[]
}

/** No answer. `isSent` is whether our request's own headers were written: undici says so, error codes cannot (docs/guarantees.md#5). */
export interface NoAnswer {
  kind: 'no answer'
  error: unknown
  isSent: boolean
  /** Of a poll that was given up: for how long it had failed, as a sentence without its end. */
  contactLost?: string
  /** Of a change that was repeated: how the attempts before this one ended. */
  earlier?: readonly Outcome[]
}

/** How a request ended. */
export type Outcome = Answer | NoAnswer

/** An answer whose body is still to come; `stop` gives up on it. */
export interface OpenAnswer extends Pick<Answer, 'status' | 'headers'> {
  kind: 'open'
  body: AsyncIterable<Buffer>
  stop: () => void
}

/** Receives each request with its outcome, for --verbose. */
export type Listener = (request: HttpRequest, outcome: Outcome) => void
