/** Calls the handlers of one event. */
export function dispatch(event, handlers) {
    handlers.onEvent?.(event);
    switch (event.type) {
        case 'analysis_progress':
            return handlers.onProgress?.(event.data.progress);
        case 'new_emotion':
            return handlers.onEmotion?.(event.data.emotion);
        case 'new_topic':
            return handlers.onTopic?.(event.data.topic);
        case 'new_insight':
            return handlers.onInsight?.(event.data.insight);
        case 'new_belief':
            return handlers.onBelief?.(event.data.belief);
        case 'new_challenge':
            return handlers.onChallenge?.(event.data.challenge);
        case 'new_action_item':
            return handlers.onActionItem?.(event.data.action_item);
        case 'analysis_failed':
            return handlers.onFailed?.(event.data);
        case 'reset':
            return handlers.onReset?.(event.data);
        case 'session_deleted':
            return handlers.onDeleted?.();
    }
}
