import type { ActionItem, Belief, Challenge, Emotion, Insight, Reason, Topic } from './wire.js';
interface Envelope<Type extends string, Data> {
    /** Grows by one with every event of a session. */
    readonly id: number;
    readonly session_id: string;
    readonly type: Type;
    readonly data: Data;
}
/** Where an analysis stands. */
export interface AnalysisProgress {
    readonly status: 'pending' | 'processing' | 'completed' | 'failed';
    /** 0 to 1. */
    readonly progress: number;
    readonly revision: number;
    readonly windows_done: number;
    readonly windows_total: number;
}
/** Why an analysis failed. */
export interface AnalysisFailure {
    readonly error: Reason | null;
    readonly revision: number;
}
/** What was told before no longer stands: read the session again, and go on from here. */
export interface Reset {
    /** `expired` (history is gone), `reanalyzed`, `restarted` or `merged`. */
    readonly reason: string;
    readonly revision?: number;
}
/** What happens in a session. A newer service may send other types too. */
export type SessionEvent = Envelope<'analysis_progress', AnalysisProgress> | Envelope<'new_emotion', {
    readonly emotion: Emotion;
}> | Envelope<'new_topic', {
    readonly topic: Topic;
}> | Envelope<'new_insight', {
    readonly insight: Insight;
}> | Envelope<'new_belief', {
    readonly belief: Belief;
}> | Envelope<'new_challenge', {
    readonly challenge: Challenge;
}> | Envelope<'new_action_item', {
    readonly action_item: ActionItem;
}> | Envelope<'analysis_failed', AnalysisFailure> | Envelope<'reset', Reset> | Envelope<'session_deleted', Readonly<Record<string, never>>>;
/** What is called with what. An element that comes again replaces the one with its id. */
export interface EventHandlers {
    onProgress?(progress: number): void;
    onEmotion?(emotion: Emotion): void;
    onTopic?(topic: Topic): void;
    onInsight?(insight: Insight): void;
    onBelief?(belief: Belief): void;
    onChallenge?(challenge: Challenge): void;
    onActionItem?(item: ActionItem): void;
    onFailed?(failure: AnalysisFailure): void;
    onReset?(reset: Reset): void;
    onDeleted?(): void;
    /** Every event, whatever its type, before the handler of its own. */
    onEvent?(event: SessionEvent): void;
}
/** Calls the handlers of one event. */
export declare function dispatch(event: SessionEvent, handlers: EventHandlers): void;
export {};
