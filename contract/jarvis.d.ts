// The protocol of Jarvis, drawn from its catalogue: do not edit.
// A call: Methods[name]["params"] in, Methods[name]["result"] out. A push: Events[name].

export type RequestId = string | number | null;

/** A file that came with a message; `path` is null when it is not on this machine. */
export interface Attachment {
  name: string;
  mime_type: string | null;
  size_bytes: number;
  path: string | null;
  is_missing: boolean;
}

/** One call of a batch; members other than these are ignored. */
export interface BatchCall {
  method: string;
  params?: Record<string, unknown> | unknown[] | null;
  id?: string | number | null;
}

export interface BatchParams {
  /** The calls. */
  requests: BatchCall[];
}

/** What became of one call: it has `result` or `error`, never both. */
export interface BatchResult {
  id: string | number | null;
  result?: unknown;
  error?: WireError;
}

/** In the order of the requests. */
export interface BatchResults {
  results: BatchResult[];
}

/** The AddressBook: in `sources` its databases, in `problems` what cannot be read.
 *
 * `shared_addresses`: how many addresses stand on more than one card.
 */
export interface ContactsStatus {
  location: string;
  names: number | null;
  shared_addresses: number | null;
  sources: string[];
  problems: string[];
}

/** What a draft was written from. */
export interface ContextUsed {
  num_messages: number;
  participants: string[];
  last_message: string | null;
}

/** One row of the conversation list; `last_message_text` is that message's `line`.
 *
 * `participants` are addresses; `people` is how many others they are of.
 */
export interface Conversation {
  chat_id: string;
  display_name: string;
  participants: string[];
  is_group: boolean;
  service: string | null;
  folder: "archived" | "inbox" | "junk" | "unknown";
  last_message_text: string | null;
  last_message_date: string | null;
  last_message_is_from_me: boolean;
  last_message_sender: string | null;
  message_count: number;
  unread_count: number;
  people: number;
}

/** A row of the conversation list changed other than by a new message.
 *
 * `unread`: also with mail that is not pushed, of shops, banks and strangers.
 * `participants`: also the service they are reached by. `event`: somebody joined, left, or
 * the like; without a message left in it (`message_count` 0) it is no longer listed.
 */
export interface ConversationChanged {
  chat_id: string;
  change: "event" | "folder" | "participants" | "title" | "unread";
  conversation: Conversation;
  seq: number;
  epoch: string;
}

/** The process, and the paths of its home, its socket and its log. */
export interface DaemonStatus {
  status: "degraded" | "draining" | "ok" | "starting";
  pid: number;
  version: string;
  protocol_version: number;
  uptime_s: number;
  rss_bytes: number;
  home: string;
  socket: string;
  log: string;
}

/** The answer to generate_draft, suggestions in order of merit.
 *
 * `route`: `gated` when no reply is expected. `reason` says why, or what is missing for a
 * model to write. `calibrated`: the confidences were held against what became of earlier
 * suggestions.
 */
export interface Draft {
  suggestions: Suggestion[];
  context_used: ContextUsed;
  from_cache: boolean;
  prefetched: boolean;
  streamed: boolean;
  tokens_generated: number;
  model: string | null;
  route: "cached" | "gated" | "model" | "past_reply";
  gated: boolean;
  timing: Timing;
  reason: string | null;
  calibrated: boolean;
}

/** What a message said before it was edited, and since when it had said so. */
export interface Edit {
  text: string;
  date: string;
}

/** What an error says beside its sentence; `kind` is the name of its class.
 *
 * `retryable`: the same request may succeed later. `field`: the param that is wrong.
 * `tokens` and `partial`: how much of a cancelled text was made, and what it said.
 */
export interface ErrorData {
  kind: string;
  retryable: boolean;
  field?: string;
  tokens?: number;
  partial?: string;
}

/** A share, a mean or a difference of them, over `count` values, with its 95 % interval.
 *
 * Nulls where there are no values.
 */
export interface Estimate {
  value: number | null;
  low: number | null;
  high: number | null;
  count: number;
}

export interface EventsPollParams {
  /** The number of the last event that was seen. */
  since: number;
  epoch?: string | null;
  events?: string[] | null;
  /** How long to wait for a first event. */
  timeout_ms?: number;
  /** How many at most. */
  limit?: number;
}

export interface ForgetParams {
  what: "everything" | "history" | "index";
}

export interface Forgotten {
  success: boolean;
  freed_bytes: number;
}

/** A message as a hit shows it; the names are those of the conversation list.
 *
 * `text`: of one without words the line of the list ("Photo").
 */
export interface FoundMessage {
  id: number;
  chat_id: string;
  text: string;
  sender: string | null;
  date: string;
  is_from_me: boolean;
  sender_name: string | null;
  chat_name: string | null;
}

export interface GenerateDraftParams {
  /** The guid of any chat of the conversation. */
  chat_id: string;
  instruction?: string | null;
  /** How many at most. */
  num_suggestions?: number;
  /** How many of the newest messages are read. */
  context_messages?: number;
  /** Write anew also what is ready. */
  skip_cache?: boolean;
  /** Nobody asks in person: without suggestions when no reply is expected, and what was written before will do. What is written is ready for who asks next. */
  only_if_expected?: boolean;
  /** Whether tokens come as they are written. */
  stream?: boolean;
}

export interface GetRoutingMetricsParams {
  /** How many at most. */
  limit?: number;
}

export interface GetSmartRepliesParams {
  /** What is to be answered; or name the conversation. */
  last_message?: string | null;
  chat_id?: string | null;
  /** How many at most. */
  num_suggestions?: number;
}

export interface GetVoiceParams {
  /** The guid of any chat of the conversation. */
  chat_id: string;
}

/** What a client is going to do; nothing depends on its saying so. */
export interface HelloParams {
  /** Ask for drafts: the model is loaded now, where there is room. */
  drafts?: boolean;
}

export interface IndexControlParams {
  action: "pause" | "rebuild" | "start";
}

/** How far the search index has come.
 *
 * `keywords`: messages are being made findable by their words, all of them first;
 * `vectors`: by what they mean, the newest first. `paused`: by the user or until the
 * machine can spare it, as `reason` says; so it does of `failed`. `indexed` of `total`
 * messages are found by words, `embedded` of `to_embed` texts by meaning. `per_s` and
 * `eta_s` are of the stage; null where it cannot be known.
 */
export interface IndexState {
  state: "failed" | "keywords" | "paused" | "ready" | "vectors" | "waiting";
  indexed: number;
  total: number;
  embedded: number;
  to_embed: number;
  per_s: number;
  eta_s: number | null;
  model: string | null;
  reason: string | null;
}

/** How many drafts were dropped, those on their way included. */
export interface Invalidated {
  success: boolean;
  invalidated: number;
}

/** What is known of the way the user writes in a conversation.
 *
 * `own_messages`: so many of the user's newest there are known; from `fewest` on they say
 * how the user writes there. `habits` is null where all messages together are fewer.
 * `answers`: so many of the user's answers there are known as examples, and half of them
 * came within `median_wait_ms`, null without any.
 */
export interface KnownVoice {
  chat_id: string;
  own_messages: number;
  fewest: number;
  answers: number;
  median_wait_ms: number | null;
  habits: WritingHabits | null;
}

/** A language (ISO 639), and in how many of the messages whose language is clear. */
export interface LanguageShare {
  code: string;
  name: string;
  share: number;
}

/** Newest first; `next` is the cursor of the following page, null at the end. */
export interface ListConversations {
  conversations: Conversation[];
  total_count: number;
  next: string | null;
}

export interface ListConversationsParams {
  /** How many at most. */
  limit?: number;
  /** `next` of the page before. */
  before?: string | null;
  /** A part of a name or a number. */
  query?: string | null;
  /** Where the conversations are kept. */
  folder?: "archived" | "inbox" | "junk" | "unknown" | "all";
}

/** Oldest first. `has_more`: whether there are more in the direction asked for. */
export interface ListMessages {
  messages: Message[];
  has_more: boolean;
}

export interface ListMessagesParams {
  /** The guid of any chat of the conversation. */
  chat_id: string;
  /** How many at most. */
  limit?: number;
  before?: number | null;
  after?: number | null;
  around?: number | null;
}

/** `models` write, `embedders` find what a search means.
 *
 * `suited`: the one that would be taken on a machine like this; `suited_embedder`: for
 * the languages of this mail, as `suited_embedder_reason` says; null while that is not
 * known. `chosen`: whether anybody said what writes; to have no model is a choice, too.
 */
export interface ListModels {
  models: ListedModel[];
  suited: string | null;
  embedders: ListedModel[];
  suited_embedder: string | null;
  suited_embedder_reason: string | null;
  chosen: boolean;
}

/** A model that could write, or search, or does (`active`).
 *
 * `available`: can be pulled. `partial`: a download stopped half way; pulling goes on.
 * `downloading`: it is on its way. `ready`: can be used. `loading`, `loaded`: into memory,
 * of the active one. `failed`: it cannot be used; `reason` says why.
 * `size_bytes`: on the disk, or to download. `memory_bytes`: what it takes when loaded.
 * `fits`: whether that leaves this machine enough, 60 % of its memory; null: unknown.
 * `revision`: the commit of the hub.
 */
export interface ListedModel {
  model: string;
  kind: string;
  size_bytes: number;
  licence: string | null;
  state: "available" | "downloading" | "failed" | "loaded" | "loading" | "partial" | "ready";
  active: boolean;
  path: string | null;
  memory_bytes: number | null;
  fits: boolean | null;
  description: string | null;
  licence_note: string | null;
  revision: string | null;
  reason: string | null;
}

/** One message of a conversation.
 *
 * `id` is its ROWID in chat.db; `guid` is what stays the same when the file is rebuilt.
 * `sender` is null for the user, which `is_from_me` tells, and in a group where nobody
 * knows who wrote it. `text` is what was written ("" when there are only attachments, null
 * for events and unsent messages); `line` is the one-line form for lists and is always
 * there. `edits` are earlier versions, oldest first. `is_secret`: it holds a one-time
 * code, which its line does not tell. `parts` is the body in its order; events and unsent
 * messages have none. `sender_short_name` is what the sender is called in this
 * conversation, two of one first name told apart; null where no card has them.
 */
export interface Message {
  id: number;
  guid: string;
  chat_id: string;
  sender: string | null;
  sender_name: string | null;
  text: string | null;
  line: string;
  date: string;
  is_from_me: boolean;
  service: string | null;
  kind: "app" | "attachment" | "audio" | "event" | "poll" | "scheduled" | "sticker" | "text" | "unknown";
  is_read: boolean;
  date_delivered: string | null;
  date_read: string | null;
  date_edited: string | null;
  reply_to: string | null;
  attachments: Attachment[];
  reactions: Reaction[];
  retracted: boolean;
  is_secret: boolean;
  edits: Edit[];
  parts: Part[];
  sender_short_name: string | null;
}

/** A message changed after it was pushed or listed: what it says now.
 *
 * `text`: its words, files or a failure came later than itself. `reaction`: also a vote.
 */
export interface MessageUpdated {
  guid: string;
  message_id: number;
  chat_id: string;
  change: "deleted" | "delivered" | "edited" | "reaction" | "read" | "text" | "unsent";
  seq: number;
  epoch: string;
  text: string | null;
  line: string | null;
  reactions: Reaction[] | null;
}

/** How one method was used, and how long it took, in milliseconds. */
export interface MethodFigures {
  n: number;
  p50_ms: number;
  p95_ms: number;
  errors: number;
  cancelled: number;
}

/** The results of get_routing_metrics and prefetch_stats, when they change. */
export interface Metrics {
  routing: RoutingMetrics;
  prefetch: PrefetchStats;
}

export interface ModelParams {
  /** As list_models names it; a hub id, a folder, openai:NAME@ADDRESS for a model of a server, or none. One that makes vectors is to search; embedder:NAME says so of any, and of none. */
  model: string;
}

/** What the model is doing, from download to unload. */
export interface ModelProgress {
  model: string;
  state: "downloading" | "failed" | "loading" | "ready" | "unloaded";
  done_bytes: number | null;
  total_bytes: number | null;
  reason: string | null;
}

/** The model that writes, and the worker process that holds it.
 *
 * `tokens` and `crashes` count since the daemon started; `waiting` requests are in line.
 * `reason`: why the model failed. `notice`: why it is another than was chosen.
 * `not_warmed`: why it was not loaded before a draft was asked for, when that was wanted.
 */
export interface ModelStatus {
  engine: string;
  model: string | null;
  state: "failed" | "loading" | "ready" | "unloaded";
  reason: string | null;
  pid: number | null;
  rss_bytes: number | null;
  tokens: number;
  crashes: number;
  waiting: number;
  notice: string | null;
  not_warmed: string | null;
}

/** A message was written; `late` when it is older than ten minutes.
 *
 * `sender_short_name` as in Message.
 */
export interface NewMessage {
  message_id: number;
  guid: string;
  chat_id: string;
  sender: string | null;
  sender_name: string | null;
  text: string | null;
  line: string;
  date: string;
  is_from_me: boolean;
  late: boolean;
  seq: number;
  epoch: string;
  sender_short_name: string | null;
}

/** For methods that take none. */
export interface NoParams {
}

/** One piece of a message's body, where it stands in it.
 *
 * `text`: words, as they were written. `file`: one of the message's attachments,
 * `attachment` is its place among them, counted from 0, null when nothing is known of it;
 * `text` names it ("Photo"). `mark`: a small picture in the running text (a Genmoji, a
 * sticker); `text` describes it.
 */
export interface Part {
  kind: "file" | "mark" | "text";
  text: string;
  attachment: number | null;
}

/** Who answers, and whether it can work. `timestamp`: seconds since 1970. */
export interface Ping {
  status: "degraded" | "draining" | "ok" | "starting";
  timestamp: number;
  version: string;
  protocol_version: number;
  pid: number;
  epoch: string | null;
  uptime_s: number;
  models_ready: boolean;
  can_send: boolean;
}

/** A stored push: the name and params of the notification it would have been. */
export interface PolledEvent {
  method: string;
  params: unknown;
}

/** Oldest first; `seq` is the `since` of the next poll.
 *
 * `gap`: more was missed than is kept, so load everything anew.
 */
export interface PolledEvents {
  events: PolledEvent[];
  seq: number;
  epoch: string;
  gap: boolean;
}

/** The drafts that are ready, and how asks in person fared with them.
 *
 * `entries` drafts of at most `maxsize` take `bytes` of at most `max_bytes`. `hits` asks
 * were answered by one, `misses` were not. `evictions`: dropped for room or for their age.
 * `hit_rate` is in 0..1, null before the first ask.
 */
export interface PrefetchCache {
  entries: number;
  maxsize: number;
  bytes: number;
  max_bytes: number;
  hits: number;
  misses: number;
  evictions: number;
  hit_rate: number | null;
}

/** A draft is ready before it was asked for. */
export interface PrefetchComplete {
  chat_id: string;
  source: "focus" | "hover" | "new_message";
  draft: Draft;
}

/** What became of the drafts that were to be made ready.
 *
 * Of those `scheduled`, `queue_size` wait and one may be on its way; the others were
 * `executed`, `skipped` (why, in `skipped_by_reason`), `failed`, or `cancelled` because
 * what they answered changed. Costs are milliseconds from the begin of a draft to its end;
 * `unused_cost_ms` is that of drafts that were dropped before anybody asked for them, and
 * of work that came to nothing.
 */
export interface PrefetchExecutor {
  state: "idle" | "off" | "working";
  scheduled: number;
  executed: number;
  skipped: number;
  failed: number;
  cancelled: number;
  queue_size: number;
  total_cost_ms: number;
  unused_cost_ms: number;
  avg_latency_ms: number | null;
  skipped_by_reason: Record<string, number>;
  resource_manager: PrefetchResources;
}

export interface PrefetchFocusParams {
  /** The guid of any chat of the conversation. */
  chat_id: string;
  /** How many at most. */
  num_suggestions?: number;
}

export interface PrefetchHoverParams {
  /** The guid of any chat of the conversation. */
  chat_id: string;
}

export interface PrefetchInvalidateParams {
  chat_id?: string | null;
}

/** How often something was dropped as outdated, how many drafts, and why. */
export interface PrefetchInvalidator {
  total_invalidations: number;
  drafts_invalidated: number;
  by_reason: Record<string, number>;
}

/** Whether drafts may be made ready now; `reason` says why not. */
export interface PrefetchResources {
  can_prefetch: boolean;
  reason: string | null;
}

/** How often this source asked, how many drafts it got, and how many were used.
 *
 * `hit_rate` is used of made, in 0..1; null before the first is made.
 */
export interface PrefetchSource {
  asked: number;
  made: number;
  used: number;
  hit_rate: number | null;
  cost_ms: number;
  unused_cost_ms: number;
}

/** Since the daemon started; `by_source` holds focus, hover and new_message.
 *
 * `running` is false when prefetch is switched off.
 */
export interface PrefetchStats {
  running: boolean;
  cache: PrefetchCache;
  executor: PrefetchExecutor;
  invalidator: PrefetchInvalidator;
  by_source: Record<string, PrefetchSource>;
}

/** Whether a draft is ready at this moment, and for an opened conversation which.
 *
 * Where none is, one is made where a reply is expected and the machine has room;
 * `prefetch_complete` tells of it.
 */
export interface Prefetched {
  success: boolean;
  prefetched: boolean;
  draft: Draft | null;
}

export interface PullModelParams {
  /** A hub id, or a name of the registry. */
  model: string;
  /** Only say what it would be; nothing is fetched. */
  look_only?: boolean;
}

/** A model of the hub; `active` when it writes, or searches, from now on. */
export interface PulledModel {
  model: string;
  path: string;
  size_bytes: number;
  licence: string | null;
  active: boolean;
}

/** One person's tapback as it stands now.
 *
 * `sender` is null for the user's own, which `is_from_me` tells, and where nobody knows
 * whose it is.
 */
export interface Reaction {
  kind: "dislike" | "emoji" | "emphasize" | "laugh" | "like" | "love" | "question" | "sticker";
  sender: string | null;
  is_from_me: boolean;
  emoji: string | null;
}

export interface RecordFeedbackParams {
  /** The guid of any chat of the conversation. */
  chat_id: string;
  action: "copied" | "dismissed" | "edited" | "sent";
  suggestion_text: string;
  edited_text?: string | null;
  context_messages?: unknown;
  metadata?: unknown;
}

export interface ResolveContactsParams {
  identifiers?: string[] | null;
  handles?: string[] | null;
}

export interface ResolveConversationParams {
  /** An id, a name or an address, as a person typed it. */
  name: string;
  /** Something is to be sent: the beginning of a name is too little. */
  to_send?: boolean;
}

/** Whom a person means: `chat_id` is null unless exactly one conversation fits.
 *
 * `conversations` are all that may be, best first: of people and groups whose own name or
 * address it is, then groups that others of that name take part in. A title that is made
 * up of names is none.
 */
export interface ResolvedConversation {
  chat_id: string | null;
  conversations: Conversation[];
}

/** One answer: which path gave it and how long each phase took, in milliseconds.
 *
 * `timestamp`: seconds since 1970. `query_hash` stands for the text, which is not kept.
 * `similarity_score` is 0 where nothing was compared. `prefetched`: the draft, or the
 * beginning of it, was made ready before anybody asked.
 */
export interface RoutedRequest {
  timestamp: number;
  query_hash: string;
  routing_decision: "cached" | "gated" | "model" | "past_reply";
  similarity_score: number;
  cache_hit: boolean;
  model_loaded: boolean;
  embedding_computations: number;
  vec_candidates: number;
  latency: Record<string, number>;
  total_latency_ms: number;
  generation_time_ms: number;
  tokens_per_second: number;
  prefetched: boolean;
}

/** The newest requests first; `methods` by name.
 *
 * `dropped`: how many texts of the model were not offered as suggestions, by reason.
 */
export interface RoutingMetrics {
  recent_requests: RoutedRequest[];
  summary: RoutingSummary;
  methods: Record<string, MethodFigures>;
  dropped: Record<string, number>;
}

/** Over all requests kept; `cache_hit_rate` is a percentage, 0..100.
 *
 * `prefetched`: how many were answered by what was made ready before.
 */
export interface RoutingSummary {
  total_requests: number;
  avg_latency_ms: number;
  p50_latency_ms: number;
  p95_latency_ms: number;
  cache_hit_rate: number;
  decisions: Record<string, number>;
  prefetched: number;
}

/** What a hit must be, exactly. `after` is inclusive, `before` exclusive. */
export interface SearchFilters {
  chat_id?: string | null;
  sender?: string | null;
  after?: string | null;
  before?: string | null;
  from_me?: boolean | null;
  has_attachment?: boolean | null;
}

/** A place in the history, best first.
 *
 * `similarity`: the cosine of question and message, or of the few messages around it
 * where that is higher; null for a hit by words alone. `highlights`: from where to where
 * in the message's text words of the query stand, in Unicode characters. `repeat_count`:
 * how many messages say the same; the newest is shown. `context`: the messages beside it,
 * oldest first.
 */
export interface SearchHit {
  message: FoundMessage;
  similarity: number | null;
  match: "both" | "keyword" | "semantic";
  highlights: number[][];
  repeat_count: number;
  context: FoundMessage[];
}

/** Hits, and how far they can be trusted to be all.
 *
 * `mode_used`: "semantic" where the meaning was looked at, which words may join.
 * `reason`: why it was not, or why something was not found. `indexed` of `total` could be
 * found in that mode: messages, or, where the meaning of some is not known yet, texts.
 * `total_results`: null where they were not counted. `took_ms`: of embed, vector and
 * keyword, those that were done. `next`: for the following page.
 */
export interface SearchResults {
  results: SearchHit[];
  total_results: number | null;
  mode_used: "keyword" | "semantic";
  semantic_available: boolean;
  indexed: number;
  total: number;
  model: string | null;
  took_ms: Record<string, number>;
  reason: string | null;
  next: string | null;
}

export interface SemanticSearchParams {
  /** What is looked for; empty: the newest that pass the filters. */
  query: string;
  /** How many at most. */
  limit?: number;
  threshold?: number | null;
  filters?: SearchFilters | null;
  mode?: "auto" | "keyword" | "semantic";
  /** `next` of the page before. */
  before?: string | null;
}

export interface SendMessageParams {
  /** The guid of any chat of the conversation. */
  chat_id: string;
  /** What is sent. */
  text: string;
  /** The same for each try of one sending. */
  idempotency_key: string;
}

/** How far a sent message has come. */
export interface SendStatus {
  idempotency_key: string;
  chat_id: string;
  status: "accepted" | "delivered" | "failed" | "read" | "sent" | "unknown";
  seq: number;
  epoch: string;
  guid: string | null;
  reason: string | null;
}

/** Whether messages can be sent and by what; `reason` says why they cannot. */
export interface SendingStatus {
  can_send: boolean | null;
  sender: string | null;
  reason: string | null;
}

/** What is known: `guid` is of the message that appeared; `reason` is for a person.
 *
 * `unknown`: it was handed over, and no such message has appeared; it may still go out.
 */
export interface Sent {
  status: "failed" | "sent" | "unknown";
  guid: string | null;
  reason: string | null;
}

/** The connections; of the `busy` ones something is asked, this status included. */
export interface SessionsStatus {
  open: number;
  busy: number | null;
}

/** Where there are none, `reason` says why, for a person to read. */
export interface SmartReplies {
  suggestions: SmartReply[];
  route: string;
  reason: string | null;
}

/** A short answer; `score` is in 0..1, or null where nothing can be computed. */
export interface SmartReply {
  text: string;
  score: number | null;
}

/** Everything `jarvis status` shows, by part. */
export interface Status {
  daemon: DaemonStatus;
  stores: StoresStatus;
  contacts: ContactsStatus;
  model: ModelStatus;
  watcher: WatcherStatus;
  sessions: SessionsStatus;
  sending: SendingStatus;
  index: IndexState;
}

/** The databases: chat.db, which is only read, and jarvis.db.
 *
 * `problem`: why messages cannot be read. `notice`: what was mended in jarvis.db.
 * `waiting_rows` were seen and are not whole yet; `uncounted_rows` are those whose
 * messages the list does not count yet. Null: not known until the databases are open.
 */
export interface StoresStatus {
  chat_db: string;
  problem: string | null;
  jarvis_db: string;
  notice: string | null;
  epoch: string | null;
  seq: number | null;
  conversations: number | null;
  waiting_rows: number | null;
  uncounted_rows: number | null;
}

/** A stream broke off; the error response follows. */
export interface StreamError {
  request_id: string | number | null;
  code: number;
  message: string;
}

/** What a streaming request is doing, so that a slow model is known from a dead one.
 *
 * `queued`: `done` of the `total` texts before it are written. `loading`: the model
 * comes into memory. `reading`: `done` tokens of the prompt are read, of `total`.
 * `writing`: `done` tokens are made. `total` is null where it cannot be known. It comes
 * before the response, and only to requests that stream.
 */
export interface StreamProgress {
  request_id: string | number | null;
  phase: "loading" | "queued" | "reading" | "writing";
  done: number;
  total: number | null;
}

/** A piece of a suggestion's or a summary's text, in order, counted from 0.
 *
 * After the last piece one with an empty text and `final`; then the response.
 */
export interface StreamToken {
  token: string;
  index: number;
  final: boolean;
  request_id: string | number | null;
  suggestion: number;
}

export interface SubscribeParams {
  events?: string[] | null;
  chat_id?: string | null;
  since?: number | null;
  epoch?: string | null;
}

/** Events up to `seq` of `epoch` are replayed now, where asked; later ones come live.
 *
 * `gap`: more was missed than can be replayed, so load everything anew.
 */
export interface Subscribed {
  subscription: string;
  seq: number;
  epoch: string;
  gap: boolean;
}

/** No more events come on this subscription. */
export interface SubscriptionClosed {
  subscription: string;
  reason: "lagging" | "shutdown";
  seq: number;
}

/** Done. */
export interface Success {
  success: boolean;
}

/** One reply that could be sent.
 *
 * `confidence` is in 0..1 or null where there is nothing to compute it from; how it is
 * computed stands in assistant/drafting/confidence.py, its factors in `confidence_parts`.
 * `suggestion` is the number of the stream its tokens came on. `foreign` are its links
 * and numbers that stand neither in the conversation nor in what the user wrote before:
 * look at them before you send it. `finish_reason`: `length` when the model was cut short
 * and the text ends with its last whole sentence; null where no model wrote it.
 */
export interface Suggestion {
  text: string;
  confidence: number | null;
  source: "model" | "past_reply" | "scripted";
  suggestion: number;
  confidence_parts: Record<string, number> | null;
  foreign: string[];
  finish_reason: "length" | "stop" | null;
}

export interface SummarizeParams {
  /** The guid of any chat of the conversation. */
  chat_id: string;
  /** How many at most. */
  num_messages?: number;
  /** Whether tokens come as they are written. */
  stream?: boolean;
}

/** The answer to summarize; `sources[i]` are the message ids behind `key_points[i]`.
 *
 * A point with a name, number or time that is not in the messages is left out. `foreign`
 * are those of the first line, which streams before it can be checked.
 */
export interface Summary {
  summary: string;
  key_points: string[];
  sources: number[][];
  message_count: number;
  from_cache: boolean;
  streamed: boolean;
  tokens_generated: number;
  model: string | null;
  timing: Timing;
  foreign: string[];
}

/** How long an answer took, in milliseconds; null where nothing was generated. */
export interface Timing {
  queued_ms: number;
  first_token_ms: number | null;
  total_ms: number;
  tokens_per_second: number | null;
}

/** Weeks with an outcome, oldest first; there may be weeks without one between them.
 *
 * `change` is null where one week has them all. `is_cut`: older outcomes were let go, so
 * that the first week may lack some. Left out are those that bear a later date than now
 * (`ahead`), and those whose action this version does not know (`unknown`).
 */
export interface Trend {
  weeks: TrendWeek[];
  change: TrendChange | null;
  is_cut: boolean;
  ahead: number;
  unknown: number;
}

/** The share that was used in the first `weeks` of the trend and in as many of the last.
 *
 * `difference` is the last minus the first; where its interval holds 0 it may be chance,
 * and `is_shown` is false.
 */
export interface TrendChange {
  weeks: number;
  first: Estimate;
  last: Estimate;
  difference: Estimate;
  is_shown: boolean;
}

/** What became of suggestions in one week, as clients said with record_feedback.
 *
 * `week` is the ISO week of local time ("2026-W09"), `begins` its Monday. `sent` and
 * `copied` were taken as they were, `edited` after a change, `dismissed` were put away or
 * something else was sent. `used` is the share of all but the last.
 */
export interface TrendWeek {
  week: string;
  begins: string;
  sent: number;
  copied: number;
  edited: number;
  dismissed: number;
  used: Estimate;
}

export interface UnsubscribeParams {
  subscription: string;
}

/** What notices that chat.db changed; `backend` is null until its databases are open.
 *
 * It polls (`looks` counts it) after each event, and after `safety_s` seconds without
 * one; `missed_changes` were found by those polls alone.
 */
export interface WatcherStatus {
  backend: string | null;
  events: number;
  looks: number;
  missed_changes: number;
  safety_s: number | null;
  problem: string | null;
}

/** The `error` member of a response. */
export interface WireError {
  code: number;
  message: string;
  data: ErrorData;
}

/** How the user writes, measured on `count` messages.
 *
 * `is_of_contact`: they stand in the conversation; else they are to anybody, as those are
 * too few. Lengths are characters of one message. Shares and rates are in 0..1;
 * `lower_case_share` is of the messages that begin with a letter which has a case, null
 * without such. `openers` are frequent first words, in small letters, the most frequent
 * first. A language stands in `languages` only where it is more than a stray message.
 *
 * Drafts are held to what is usual: `case` is that of the first letter, `full_stop` says
 * whether one stands at the end, and both are null where neither is usual. A draft ends
 * with the sentence that reaches `longest_characters`, and has no emoji where that rate
 * is 0.
 */
export interface WritingHabits {
  count: number;
  is_of_contact: boolean;
  median_characters: number;
  p90_characters: number;
  lower_case_share: number | null;
  full_stop_share: number;
  other_closing_share: number;
  emoji_rate: number;
  openers: string[];
  languages: LanguageShare[];
  case: "lower" | "upper" | null;
  full_stop: boolean | null;
  longest_characters: number;
}

export interface Methods {
  /** Health, versions and what is ready. */
  "ping": {
    params: Record<string, never>;
    result: Ping;
    streams: false;
  };
  /** Say what this client is going to do. */
  "hello": {
    params: { drafts?: boolean };
    result: Success;
    streams: false;
  };
  /** Conversations, newest first. */
  "list_conversations": {
    params: { limit?: number; before?: string | null; query?: string | null; folder?: "archived" | "inbox" | "junk" | "unknown" | "all" };
    result: ListConversations;
    streams: false;
  };
  /** A page of one conversation, oldest first. */
  "list_messages": {
    params: { chat_id: string; limit?: number; before?: number | null; after?: number | null; around?: number | null };
    result: ListMessages;
    streams: false;
  };
  /** Write reply suggestions for a conversation. */
  "generate_draft": {
    params: { chat_id: string; instruction?: string | null; num_suggestions?: number; context_messages?: number; skip_cache?: boolean; only_if_expected?: boolean; stream?: boolean };
    result: Draft;
    streams: true;
  };
  /** Summarize a conversation. */
  "summarize": {
    params: { chat_id: string; num_messages?: number; stream?: boolean };
    result: Summary;
    streams: true;
  };
  /** Short answers, without the language model. */
  "get_smart_replies": {
    params: { last_message?: string | null; chat_id?: string | null; num_suggestions?: number };
    result: SmartReplies;
    streams: false;
  };
  /** Search the message history by meaning and by words. */
  "semantic_search": {
    params: { query: string; limit?: number; threshold?: number | null; filters?: SearchFilters | null; mode?: "auto" | "keyword" | "semantic"; before?: string | null };
    result: SearchResults;
    streams: false;
  };
  /** Run several calls side by side in one. */
  "batch": {
    params: { requests: BatchCall[] };
    result: BatchResults;
    streams: false;
  };
  /** Names of handles, null where no contact card has them. */
  "resolve_contacts": {
    params: { identifiers?: string[] | null; handles?: string[] | null };
    result: Record<string, string | null>;
    streams: false;
  };
  /** Which conversation a person means by a name. */
  "resolve_conversation": {
    params: { name: string; to_send?: boolean };
    result: ResolvedConversation;
    streams: false;
  };
  /** Which path answered, and how long it took. */
  "get_routing_metrics": {
    params: { limit?: number };
    result: RoutingMetrics;
    streams: false;
  };
  /** What prefetch has made. */
  "prefetch_stats": {
    params: Record<string, never>;
    result: PrefetchStats;
    streams: false;
  };
  /** Drop prefetched drafts of one chat, or all. */
  "prefetch_invalidate": {
    params: { chat_id?: string | null };
    result: Invalidated;
    streams: false;
  };
  /** A conversation was opened: have a draft ready. */
  "prefetch_focus": {
    params: { chat_id: string; num_suggestions?: number };
    result: Prefetched;
    streams: false;
  };
  /** A conversation is looked at in a list. */
  "prefetch_hover": {
    params: { chat_id: string };
    result: Prefetched;
    streams: false;
  };
  /** Choose and resume pushes. */
  "subscribe": {
    params: { events?: string[] | null; chat_id?: string | null; since?: number | null; epoch?: string | null };
    result: Subscribed;
    streams: false;
  };
  /** End a subscription. */
  "unsubscribe": {
    params: { subscription: string };
    result: Success;
    streams: false;
  };
  /** Wait for events, for carriers without pushes. */
  "events.poll": {
    params: { since: number; epoch?: string | null; events?: string[] | null; timeout_ms?: number; limit?: number };
    result: PolledEvents;
    streams: false;
  };
  /** Send a message the user decided on. */
  "send_message": {
    params: { chat_id: string; text: string; idempotency_key: string };
    result: Sent;
    streams: false;
  };
  /** Say what became of a suggestion. */
  "record_feedback": {
    params: { chat_id: string; action: "copied" | "dismissed" | "edited" | "sent"; suggestion_text: string; edited_text?: string | null; context_messages?: unknown; metadata?: unknown };
    result: Success;
    streams: false;
  };
  /** What is known of the way the user writes in a conversation. */
  "get_voice": {
    params: { chat_id: string };
    result: KnownVoice;
    streams: false;
  };
  /** How often suggestions are used, by week. */
  "get_trend": {
    params: Record<string, never>;
    result: Trend;
    streams: false;
  };
  /** Models at hand. */
  "list_models": {
    params: Record<string, never>;
    result: ListModels;
    streams: false;
  };
  /** Choose the model. */
  "use_model": {
    params: { model: string };
    result: Success;
    streams: false;
  };
  /** Delete a downloaded model. */
  "remove_model": {
    params: { model: string };
    result: Success;
    streams: false;
  };
  /** Download a model. */
  "pull_model": {
    params: { model: string; look_only?: boolean };
    result: PulledModel;
    streams: false;
  };
  /** Steer the search index. */
  "index_control": {
    params: { action: "pause" | "rebuild" | "start" };
    result: IndexState;
    streams: false;
  };
  /** Delete what Jarvis has stored. */
  "forget": {
    params: { what: "everything" | "history" | "index" };
    result: Forgotten;
    streams: false;
  };
  /** The state of every part. */
  "get_status": {
    params: Record<string, never>;
    result: Status;
    streams: false;
  };
  /** The OpenRPC document. */
  "rpc.discover": {
    params: Record<string, never>;
    result: Record<string, unknown>;
    streams: false;
  };
  /** Drain and exit. */
  "shutdown": {
    params: Record<string, never>;
    result: Success;
    streams: false;
  };
}

export type MethodName = keyof Methods;

/** Every push. */
export interface Events {
  "new_message": NewMessage;
  "message_updated": MessageUpdated;
  "conversation_changed": ConversationChanged;
  "send_status": SendStatus;
  "prefetch_complete": PrefetchComplete;
  "model_progress": ModelProgress;
  "index_progress": IndexState;
  "metrics": Metrics;
  "subscription.closed": SubscriptionClosed;
}

/** While one runs. */
export interface StreamNotifications {
  "stream.token": StreamToken;
  "stream.progress": StreamProgress;
  "stream.error": StreamError;
}

/** `data.kind` of an error, and its code. */
export interface ErrorCodes {
  /** The line is not JSON in UTF-8, or is longer than the limit. */
  ParseError: -32700;
  /** The line is JSON but not a JSON-RPC 2.0 request. */
  InvalidRequest: -32600;
  /** No method of that name. */
  MethodNotFound: -32601;
  /** A parameter is missing, unknown or of the wrong kind; `field` names it. */
  InvalidParams: -32602;
  /** A defect in Jarvis; the text carries an incident id that stands in the log. */
  InternalError: -32603;
  /** The client took its request back; `partial` is what had been written by then. */
  Cancelled: -32800;
  /** The daemon is shutting down, or let go of a stream nobody read. */
  ServerCancelled: -32802;
  /** No chat has that id. */
  UnknownChat: -32001;
  /** The chat holds no text at all. */
  NothingToAnswer: -32002;
  /** A database is missing, unreadable or of a foreign schema. */
  StoreUnavailable: -32003;
  /** No model is chosen, it cannot be loaded, or its process died. */
  ModelUnavailable: -32004;
  /** A limit is reached; the text names it. */
  Busy: -32005;
  /** This machine cannot send messages. */
  CannotSend: -32006;
  /** The method is part of the contract, but this version does not serve it. */
  NotYetServed: -32007;
}

export type ErrorKind = keyof ErrorCodes;
