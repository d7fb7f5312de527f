/** How long finding out may take. A handshake that waits for an answer waits for all of it, or the waiting was for nothing. */

/** For one list to be fetched. */
export const LIST_FETCH_LIMIT_MS = 10_000

/** For one list to be read in its child process. */
export const LIST_READ_LIMIT_MS = 5_000

/** For one responder to answer. */
export const RESPONDER_LIMIT_MS = 3_000

/** Beyond what the parts may take, for the start of the reading process and the ways between processes. */
const MARGIN_MS = 1_000

/** For a handshake in hard mode to hear what came of its question. */
export const ANSWER_LIMIT_MS = Math.max(LIST_FETCH_LIMIT_MS + LIST_READ_LIMIT_MS, RESPONDER_LIMIT_MS) + MARGIN_MS
