/** A word that no text for users has, and what to write in its place. */
export interface BannedWord {
  not: RegExp
  write: string
  /** Good English, of which users are to read a more exact word; who changes the code may read it. */
  isForUsers?: true
}

/** Words that the field does not use so: each took a second reading where it stood. */
export const bannedWords: readonly BannedWord[] = [
  { not: /\binsists?\b/i, write: 'require' },
  { not: /\btame[ds]?\b/i, write: 'sanitize, escape' },
  { not: /\bgrace of patience\b|\bpatience\b/i, write: 'time limit' },
  { not: /\bdesk\b/i, write: 'session' },
  { not: /\bfaults? that pass/i, write: 'transient error' },
  { not: /\bwho (we|you) (say )?(we |you )?are\b/i, write: 'client certificate' },
  { not: /\bone word too much\b|\ba word too much\b/i, write: 'unexpected argument' },
  { not: /\bexcludes? each other\b/i, write: 'cannot be used together' },
  { not: /\bmeans? nothing unless\b/i, write: 'needs' },
  { not: /\bcontact (is|was) lost\b|\blost contact\b/i, write: 'lost connection to the server' },
  {
    not: /\bits end was not seen\b|\bend of .* was not seen\b|\bseen to the end\b/i,
    write: 'did not finish in time',
  },
  { not: /\b(was|is|were|are|had been) over\b(?! HTTP)/i, write: 'has finished, has passed' },
  { not: /\bis meant\b|\bmeant from\b/i, write: 'looked in' },
  { not: /\bproven\b|\bprove it\b/i, write: 'tested', isForUsers: true },
  { not: /\bno usable answer\b/i, write: 'did not give a usable answer' },
  { not: /\b(was|were) not said\b/i, write: 'not given' },
  { not: /\b(is|are) wanted\b/i, write: 'expected A, got B' },
  { not: /(?<!\bthere )\b(is|are) no(?! longer\b)\b/i, write: 'is not a', isForUsers: true },
  { not: /\btells?\b|\btold\b|\btelling\b/i, write: 'report, show, say', isForUsers: true },
  {
    not: /\blooks?\b(?! (?:it )?(?:up|like)\b)|\blook(?:ed|ing)\b(?! (?:up|like|it up|in)\b)/i,
    write: 'poll, check, search, read',
    isForUsers: true,
  },
  { not: /\bon the way\b|\bthe way to (it|the|a)\b/i, write: 'a proxy, the connection' },
  { not: /\bthe link (to|is|was)\b/i, write: 'connection' },
  { not: /\banew\b/i, write: 'again, start over' },
  { not: /\b(go|goes|going|went) on\b/i, write: 'continue, resume, is still running' },
  { not: /\bfor a person\b|\bsomebody must\b/i, write: 'waiting for manual action' },
  { not: /\bas you (wished|agreed)\b/i, write: 'not confirmed' },
  { not: /\b(nobody|everybody|anybody|whoever)\b/i, write: 'name who, or the passive voice' },
  { not: /\bmeanwhile\b/i, write: 'say when' },
  { not: /\bof us\b|\bours\b/i, write: 'gitlab-trigger' },
  { not: /\bwe\b/i, write: 'gitlab-trigger', isForUsers: true },
  { not: /\bnot ours\b/i, write: 'of another trigger' },
  { not: /\bwithout an end\b|\bhas no end\b|\bno end\b/i, write: 'never expires' },
  { not: /\bin silence\b/i, write: 'silently' },
  { not: /\bswitch(ed|es)? (on|off)\b/i, write: 'turn on, turn off' },
  { not: /\ballow-list\b/i, write: 'allowlist' },
  { not: /\bset-up\b/i, write: 'configuration, setup' },
  { not: /\bdoes no harm\b|\bcomes? to nothing\b|\bstill at it\b/i, write: 'say what happens' },
  { not: /\bonce means once\b|\bthe truth\b/i, write: 'say what it does' },
]

/** The words that documents for maintainers do not have either. */
export const bannedForMaintainers = bannedWords.filter(({ isForUsers }) => !isForUsers)

/** What is banned in a text, each with what to write in its place. */
export const bannedIn = (text: string, words: readonly BannedWord[] = bannedWords): string[] =>
  words.flatMap(({ not, write }) => {
    const [found] = not.exec(text) ?? []
    return found === undefined ? [] : [`"${found}": ${write}`]
  })

/** Words that no comment of the source has: the rest of the table is for those who do not read the source. */
export const bannedInComments: readonly BannedWord[] = [
  { not: /\b(?:is|are) told of\b/i, write: 'gets, is called with' },
  { not: /\binsists?\b/i, write: 'require' },
  { not: /\bgrace of patience\b|\bdesk\b|\btame[ds]?\b/i, write: 'a word of the field' },
  { not: /\bfaults? that pass\b/i, write: 'transient error' },
  { not: /\bwho (?:we|you) say\b/i, write: 'client certificate' },
  {
    not: /\b(?:lost contact|contact (?:is|was) lost)\b|\bthe link (?:to|is|was)\b/i,
    write: 'lost connection',
  },
  { not: /\bits end was not seen\b/i, write: 'it did not finish in time' },
  { not: /\bon the way\b/i, write: 'a proxy, in between' },
  { not: /\banew\b/i, write: 'again' },
  { not: /\bbeside\b/i, write: 'next to, besides, in parallel with' },
  { not: /\bmeanwhile\b/i, write: 'in the meantime' },
  { not: /\b(?:whoever|nobody|everybody|anybody)\b/i, write: 'name who, or the passive voice' },
  { not: /\bwanted\b(?!`)/i, write: 'expected, selected, asked for' },
  { not: /\b(?:is|are|was|were) meant\b/i, write: 'is for, stands for' },
  { not: /\blook(?:s|ed|ing) (?:at|on)\b/i, write: 'read, check, poll' },
  { not: /\bbut for\b/i, write: 'except for' },
  { not: /\b(?:for ever|ever so|once more|again and again)\b/i, write: 'forever, always, again, repeatedly' },
  {
    not: /\b(?:thus|hence|whence|thence|henceforth|hereby|whereby|shall|lest|heed|needs must|one such|at hand|of its own accord|is had)\b/i,
    write: 'a word of today',
  },
  { not: /\bin silence\b/i, write: 'silently' },
  { not: /\bthereby\b|\bwhat came of\b/i, write: 'the result of' },
  { not: /\b(?:is|are|was|were) over\b/i, write: 'has ended, has passed' },
  { not: /\bso (?:many|long)\b/i, write: 'at most this many, for this long' },
  { not: /\bsomebody\b|\bgo(?:es)? on\b/i, write: 'a user, continue' },
  { not: /\bfor a person\b/i, write: 'for manual action' },
  {
    not: /\b(?:is|are) told\b|\btells? of\b|\btold of\b|\bunless told\b/i,
    write: 'gets, reports, says about',
  },
]
