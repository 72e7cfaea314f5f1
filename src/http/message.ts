/** A request as a value: it can be printed, compared and masked before it is sent. */
export interface HttpRequest {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  url: string
  headers: Readonly<Record<string, string>>
  /** Sent as multipart/form-data. */
  form?: readonly (readonly [name: string, value: string])[]
}

/** An answer, as far as it came. Header names are lower case. */
export interface Answer {
  kind: 'answer'
  status: number
  headers: Readonly<Record<string, string>>
  body: string
  /** False when the connection broke, or somebody ended it, before the end of the body. */
  isComplete: boolean
  /** Why an incomplete body ended: the signal's reason, or the connection's error. */
  error?: unknown
}

/** No answer. `isSent` is whether our request's own headers were written: undici says so, error codes cannot (guarantees 5). */
export interface NoAnswer {
  kind: 'no answer'
  error: unknown
  isSent: boolean
}

/** How a request ended. */
export type Outcome = Answer | NoAnswer

/** An answer whose body is still to come; `stop` gives up on it. */
export interface OpenAnswer extends Pick<Answer, 'status' | 'headers'> {
  kind: 'open'
  body: AsyncIterable<Buffer>
  stop: () => void
}
