/** Result for one candidate; `skip`: it could not be tested. */
export type BisectAnswer = 'good' | 'bad' | 'skip'

export type BisectEvent =
  | {
      readonly type: 'bisect-start'
      readonly over: 'releases' | 'commits'
      /** As requested: `ring:C7`. */
      readonly test: string
      /** Names, from the good end to the bad end. */
      readonly candidates: readonly string[]
    }
  | {
      readonly type: 'bisect-answer'
      readonly candidate: string
      readonly answer: BisectAnswer
      /** Result of each try, a word each; empty if known from an earlier bisect. */
      readonly tries: readonly string[]
      /** What failed, or why it was skipped. */
      readonly reason?: string
      /** It both failed and passed, and counts as bad. */
      readonly wavers?: boolean
    }
  | {
      /** Candidates left to search. */
      readonly type: 'bisect-left'
      readonly left: number
      /** Approximate number of further candidates to test. */
      readonly steps: number
    }
  | {
      readonly type: 'bisect-end'
      readonly lastGood: string
      /** Contains the first bad candidate; more than one only if skipped ones hide it. */
      readonly suspects: readonly string[]
      /** Changes between the last good candidate and the last suspect, a line each. */
      readonly between: readonly string[]
    }
