/** The texts that Grape reads as true and as false (dry-types `Params::Bool`). */
const trueWords = ['1', 'on', 'On', 'ON', 't', 'true', 'True', 'TRUE', 'T', 'y', 'yes', 'Yes', 'YES', 'Y']
const lies = ['0', 'off', 'Off', 'OFF', 'f', 'false', 'False', 'FALSE', 'F', 'n', 'no', 'No', 'NO', 'N']

/** A text as a boolean; undefined if it is none. */
export function booleanFrom(text: string): boolean | undefined {
  if (trueWords.includes(text)) return true
  return lies.includes(text) ? false : undefined
}
