"""Forms in which therapists propose something, as data.

An opening is what comes before a proposal: the proposal begins where its match ends.
"""

from __future__ import annotations

import re


def _form(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.IGNORECASE)


_FILL = (
    r"(?:(?:also|just|maybe|perhaps|even|really|gently|simply|try\s+to|start\s+by|begin\s+to)\s+)*"
)
# What people do at home: the verbs that make "can you ..." a proposal rather than a question.
HOME_VERBS = (
    r"(?:try|practi[cs]e|keep|continue|start|begin|write|journal|set|schedule|use|track|make|take"
    r"|call"
    r"|reach\s+out|commit|plan|spend|put|bring|log|list|text|email|ask|invite|visit|join|attend"
    r"|read"
    r"|do|go|pick|choose|experiment|remind|allow|give|let|work\s+on|focus|notice|note|pause|check"
    r"|say\s+no|talk\s+(?:to|with)|tell|limit|block|create|build|add|apply|find|aim|jot|share)"
)
# "What could you do?" proposes nothing.
_NO_WH = r"(?<!what\s)(?<!how\s)(?<!when\s)(?<!where\s)(?<!who\s)(?<!why\s)"
_WILLING = r"(?:willing|open|able|comfortable|up|interested|ready|prepared|game)\s+(?:to|for|in)\s+"

OPENING = _form(
    r"\bI(?:['’]d|\s+would)\s+(?:really\s+|also\s+|still\s+)?(?:like|love|want|encourage|invite|ask"
    r"|suggest|recommend|propose|urge)\s+(?:(?:for\s+)?you\s+to\s+|that\s+you\s+|(?=\w+ing\b))"
    r"|\bI\s+(?:also\s+|really\s+)?(?:suggest|recommend|propose|(?:encourage|invite|want|urge|ask)"
    r"\s+you\s+to)\s+(?:that\s+)?(?:you\s+)?(?=\w)"
    r"|\bI(?:['’]ll|['’]d\s+like\s+to|\s+(?:want|would\s+like)\s+to)\s+(?:also\s+)?(?:encourage"
    r"|invite|ask|challenge)"
    r"\s+you\s+to\s+(?=\w)"
    r"|\bmy\s+(?:suggestion|recommendation|advice|invitation)\s+(?:\w+\s+){0,3}?"
    r"(?:is|would\s+be)\s+(?:to\s+|that\s+you\s+)?(?=\w)"
    rf"|{_NO_WH}\b(?:would|could|can|might|are|will)\s+you\s+(?:be\s+|feel\s+)?{_WILLING}(?=\w)"
    rf"|{_NO_WH}\bwould\s+you\s+(?:like|want|care)\s+to\s+(?=\w)|\bwould\s+you\s+consider\s+(?=\w)"
    rf"|{_NO_WH}\b(?:could|can|will|would)\s+you\s+(?:commit\s+to|see\s+yourself)\s+(?=\w)"
    rf"|{_NO_WH}\b(?:could|can|will|would)\s+you\s+{_FILL}(?={HOME_VERBS}\b)"
    rf"|{_NO_WH}\bdo\s+you\s+think\s+you\s+(?:could|can|might)\s+{_FILL}(?={HOME_VERBS}\b)"
    rf"|\bwould\s+it\s+(?:help|work|be\s+(?:\w+\s+)?(?:possible|helpful|useful|okay|ok|realistic"
    r"|doable"
    rf"|feasible))\s+(?:for\s+you\s+)?to\s+(?={HOME_VERBS}\b)"
    r"|\bhow\s+would\s+you\s+feel\s+about\s+(?=\w+ing\b)|\b(?:how|what)\s+about\s+(?=\w+ing\b)"
    r"|\b(?:how\s+about|what\s+if|why\s+don['’]t|shall|should|could|can)\s+we\s+(?=(?:try"
    r"|practi[cs]e|do|set)\b)"
    r"|\b(?:do\s+you\s+|^)want\s+to\s+(?=(?:try|practi[cs]e|do|give)\b)"
    r"|\bwhat\s+if\s+you\s+(?=(?:tried|started|wrote|set|kept|took|made|called|asked|spent|gave"
    r"|told)\b)"
    rf"|\bwhy\s+don['’]t\s+you\s+(?={HOME_VERBS}\b)"
    r"|\bhave\s+you\s+(?:considered|thought\s+(?:about|of))\s+(?=\w+ing\b)"
)
STATEMENT = _form(
    r"\b(?:one|(?:and\s+)?another)\s+(?:could|might|would)\s+be\s+(?=\w+ing\b|to\b)"
    r"|\b(?:a|an|one|another|the\s+next|your\s+next)\s+(?:\w+\s+){0,2}?(?:step|technique|strategy"
    r"|tool"
    r"|approach|idea|option|thing|practice|exercise|experiment|place\s+to\s+start)\b"
    r"(?:\s+(?:that\s+)?(?:you|we)\s+(?:can|could|might)\s+(?:\w+\s+){0,2}?\w+\s+is"
    r"|\s+that\s+(?:can|could|may|might|often)\s+helps?(?:\s+\w+){0,3}\s+is"
    r"|(?:\s+\w+){0,4}\s+(?:could|might|may|would)\s+be)\s+(?:to\s+)?(?!that\b|how\b|what\b)(?=\w)"
    r"|\bit\s+(?:might|may|could|would|can)\s+(?:also\s+|even\s+|really\s+)?(?:help"
    r"|be\s+(?:\w+\s+)?"
    r"(?:helpful|useful|worth(?:while)?|good|beneficial|wise))\s+(?:(?:for\s+you\s+)?to\s+"
    r"|if\s+you\s+"
    r"|(?=\w+ing\b))"
    r"|\bsometimes\s+it\s+helps\s+to\s+"
    r"|\b(?:perhaps|maybe)\s+(?:you\s+(?:could|can|might)\s+(?=\w)|(?=\w+ing\b))"
    rf"|(?<!how\s)\byou\s+(?:could|might)\s+{_FILL}(?:(?:want|like|wish)\s+to\s+(?:try\s+)?(?=\w)"
    r"|consider\s+"
    rf"(?=\w)|(?={HOME_VERBS}\b))"
    r"|\byou\s+may\s+(?:want|wish|like)\s+to\s+(?=\w)"
    r"|\bwe\s+(?:can|could|might)\s+(?:also\s+)?(?=(?:work\s+on|incorporate|try|practi[cs]e|use"
    r"|build"
    r"|create|develop|introduce)\b)"
    rf"|(?<!how\s)\byou\s+can\s+(?:also\s+|always\s+|even\s+)?(?=(?:try|practi[cs]e|use|write"
    r"|start\s+by|set|ask\s+yourself"
    r"|remind\s+yourself)\b)"
    r"|\byour\s+(?:homework|task|goal|assignment|challenge|next\s+step)\b[^.?!:]{0,30}?\b(?:is"
    r"|will\s+be|could\s+be)"
    r"\s+to\s+(?=\w)"
    r"|\b(?:a|an|one|another)\s+(?:\w+\s+)?(?:way|approach|step|technique|strategy"
    r"|option)\s+is\s+(?:to\s+(?=\w)"
    r"|(?=\w+ing\b))"
    r"|\blet['’]s\s+(?:also\s+)?(?:plan\s+(?:for\s+you\s+)?to\s+|aim\s+(?:to|for)\s+|agree\s+(?:to"
    r"|that\s+you)\s+"
    r"|commit\s+to\s+|have\s+you\s+|set\s+(?:a|the)\s+(?:goal|intention)\s+(?:to|of)\s+"
    r"|(?=(?:continue\s+(?:to|\w+ing)"
    r"|keep\s+\w+ing)\b))"
    rf"|\bremember\s+to\s+(?={HOME_VERBS}\b)"
)
# Work that both will do, some time, is a recommendation but nobody's task.
JOINT = _form(r"\bwe\s+(?:can|could|might)\b")
REMINDER = _form(r"\bremember\b")
PARTING = _form(r"\bsee\s+you\b|\btake\s+care\b|\buntil\s+(?:then|next)\b")
# A question that explores: what it asks is for the client to say.
OPEN_QUESTION = _form(
    r"^\W*(?:\w+,?\s+){0,4}?(?:what|how|why|when|where|which|who)\b"
    r"(?!\s+(?:if\s+you|about|would\s+you\s+feel|don['’]t)\b)[^?]*\?"
)
# What sessions to come will hold is the therapist's plan.
SOME_TIME = _form(
    r"\b(?:over\s+time|next\s+(?:time|week|session)),?\s+we\b|\bwe\b.*\bover\s+time\b"
)
LET_US = _form(
    r"\blet['’]s\s+(?:(?:also|just|now|start\s+by)\s+)?(?=(?:try|do|practi[cs]e|explore|use"
    r"|take)\b[^.?!]*"
    r"\b(?:exercise|practice|technique|meditation|experiment|role-?play|breathing|grounding"
    r"|mindfulness|restructuring|reframing|thought\s+record|body\s+scan|visuali[sz]ation"
    r"|relaxation)\b)"
)
_LEAD = (
    r"(?:(?:first|second|third|fourth|finally|lastly|also|next|then|and|so|or|instead|alternatively"
    r"|remember|for\s+now|great|good|okay|alright|perfect|in\s+the\s+meantime|meanwhile)\b,?\s+)*"
)
_WHEN = (
    r"(?:(?:this|(?:over|for|during)\s+(?:the\s+)?(?:next|coming|this))\s+(?:few\s+days"
    r"|week(?:end)?|month)"
    r"|between\s+now\s+and\s+[^,.?!]{3,30}|before\s+(?:our|the)\s+next\s+\w+|as\s+(?:homework"
    r"|a\s+\w+\s+step)"
    r"|for\s+homework|until\s+(?:then|we\s+meet[^,]{0,12})|tonight|tomorrow|at\s+home"
    r"|(?:each|every)\s+(?:day|morning|evening|night)"
    r"|(?:when(?:ever)?|(?:the\s+)?next\s+time|if|as\s+soon\s+as|every\s+time)\s+\w+"
    r"\b[^,.?!]{3,80})"
)
LED_IMPERATIVE = _form(
    rf"(?:^\W*{_LEAD}|[,;—–]\s+(?:and\s+)?(?:so\s+)?){_WHEN},\s+(?:I\s+want\s+you\s+to\s+|just\s+"
    r"|let['’]s\s+"
    rf"|gently\s+|please\s+)?(?={HOME_VERBS}\b|see\s+if\b)"
    r"|\bin\s+the\s+meantime,\s+(?=\w)"
)
# Joined to something else that is said: "That helps; keep practising it."
JOINED_IMPERATIVE = _form(
    r"[—–;:,]\s*(?:(?:and|so|just|please|also|but)\s+)*(?=keep\s+(?!going\b)\w+ing\b"
    r"|continue\s+(?:to\b|\w+ing\b)|try\s+(?:to\b|\w+ing\b)|consider\s+\w+ing\b)"
)
# A bare verb is a task only where the sentence says when or with whom.
TIMED_IMPERATIVE = _form(
    rf"^\W*{_LEAD}(?:please\s+|just\s+)?(?!let['’]s|take\s+care"
    rf"|keep\s+(?:it\s+)?(?:up|going))(?={HOME_VERBS}\s)"
)
BARE_IMPERATIVE = _form(
    rf"^\W*(?:\w+,\s+)?{_LEAD}(?:please\s+|just\s+)?(?=(?:keep|try|start"
    r"|practi[cs]e)\s+(?!going\b)\w+ing\b"
    r"|(?:keep|practi[cs]e)\s+(?:your|the|this|that|a)\b|try\s+(?:to\b|this\b|a\b|the\b|setting)"
    r"|continue\s+(?:\w+ing|to|with)\b|see\s+if\s+you\s+can\b|consider\s+\w+ing\b"
    r"|make\s+sure\s+(?:to|you)\b"
    r"|(?:write|jot)\s+(?:down|it|a|one|two|three)\b|schedule\s|track\s|set\s+(?:a|aside)\b"
    r"|spend\s)"
)
# A list that ends a session: "your action items are: continue ..., set ..., and share ...".
LIST = _form(
    r"\b(?:action\s+items?|homework|next\s+steps?|goals?|assignments?|plan)\b[^.?!:]{0,50}"
    r"(?:\bare|\bis|)\s*:\s*(?=\w)"
)
ITEM = _form(
    r",\s+(?:and\s+)?|;\s+(?:and\s+)?|\s+and\s+(?=\w+(?:e|t|p|k|n|y|h|w)\s+(?:your|at|a|the|one)\b)"
)
# What opens a list that takes up the sentences after it.
ANNOUNCEMENT = _form(
    r"\b(?:review|recap|summari[sz]e|go\s+over|sum\s+up|repeat)\b[^.?!]*\b(?:action\s+items?"
    r"|homework"
    r"|next\s+steps?|assignments?|tasks?|plan|agreed)\b|\bhere['’]s\s+(?:what|the\s+plan"
    r"|your)\b[^.?!]*"
    r"\b(?:week|plan|homework|next)\b|\byour\s+(?:action\s+items?|homework|tasks?)\b[^.?!]*[:.]$"
)
ORDINAL = _form(
    r"^\W*(?:and\s+)?(?:first|second|third|fourth|firstly|secondly|thirdly|then|finally|lastly|next"
    r"|also"
    r"|number\s+\w+|(?:one|two|three)(?=,))\b,?\s+(?:of\s+all,?\s+)?"
)
TO_BE_DONE = _form(
    rf"^\W*(?:(?:and\s+)?(?:first|second|third|fourth|firstly|secondly|thirdly|then|finally|lastly"
    r"|next"
    rf"|also)\b,?\s+)?(?:you\s+will\s+|you['’]ll\s+|to\s+)?(?:{HOME_VERBS}\b"
    r"|(?:one|an?|two|three|five|ten|daily|some)\s+\w+)"
)
LATER = _form(
    r"^\W*(?:maybe\s+|even\s+|just\s+)?(?:one|an?|two|three|five|ten)\s+[^.?!]*?\b(?:(?:this|next|a"
    r"|per|each"
    r"|every)\s+(?:week|day|morning|evening|night)|daily|tonight|tomorrow)\b"
)
# What is done there and then in the session is no task for afterwards.
IN_SESSION = _form(
    r"\b(?:now|right\s+now|today|together|for\s+a\s+moment|here|in\s+(?:this|the)\s+session"
    r"|close\s+your\s+eyes)\b"
    r"|\b(?:quick|brief|short|guided)\s+(?:\w+\s+)?(?:exercise|practice|meditation)\b"
    r"(?!.*\b(?:daily|week|day)\b)"
)
EXERCISE = _form(
    r"\b(?:try(?:ing)?|practi[cs](?:e|ing)|exercises?|meditat\w+|technique|experiment|role-?play\w*"
    r"|breathing|grounding|mindfulness|relaxation|visuali[sz]ation)\b"
)
EXERCISE_TALK = _form(
    r"\b(?:inhale|exhale|eyes|breaths?\s+in|breathe\s+in|deep\s+breaths?|your\s+(?:breath|body|feet"
    r"|chest"
    r"|shoulders|belly|mind\s+wander\w*)|seated|sit\s+comfortably|notice\s+(?:the|how|what|any))\b"
)
# With whom one talks decides: "tell your wife" is for home, "tell me" is not.
TALK_HERE = _form(r"^(?:\w+\s+){0,3}?(?:me|us)\b|^let['’]s\b|\bwith\s+me\b|^(?:up|it\s+up)\b")
TALK = _form(
    r"^(?:\w+ly\s+|just\s+|start(?:ing)?\s+(?:by\s+)?|try(?:ing)?\s+(?:to\s+|and\s+)?"
    r"|begin(?:ning)?\s+by\s+)*"
    r"(?:tell|shar|say|talk|speak|describ|explor|discuss|explain|walk\s+(?:me|us)|elaborat"
    r"|go\s+(?:deeper"
    r"|into|back|over)|go(?:ing)?\s+(?:deeper|into|back|over)|look(?:ing)?\s+at|examin|revisit"
    r"|think(?:ing)?"
    r"|recall|remember|giv(?:e|ing)\s+(?:me|us|an?\s+example)|hear|see|be\b|feel|know|imagin"
    r"|ask(?:ing)?\s+you"
    r"|nam(?:e|ing)|help(?:ing)?\s+me|stay(?:ing)?\s+with|take\s+(?:me|us)|do\s+you|let\s+me"
    r"|rat(?:e|ing)\b"
    r"|identif|reflect|find\s+(?:evidence|words)|notic(?:e|ing)\s+(?:what|how|where|that|any)"
    r"|pick\s+up"
    r"|check(?:ing)?\s+in\s+with\s+(?:me|your\s+body)|make\s+sense|put\s+(?:that|it)\s+into)"
)
OUTSIDE = _form(
    r"\b(?:to|with)\s+(?:him|her|them|someone|somebody|a\s+friend|your\s+(?:partner|wife|husband"
    r"|mother|mom"
    r"|mum|father|dad|son|daughter|kids|children|boss|manager|team|friends?|brother|sister|sponsor"
    r"|doctor"
    r"|teacher|girlfriend|boyfriend|family|colleagues?|roommate|spouse|child))\b"
    r"|\b(?:this|next|coming)\s+(?:week|weekend|month|meeting|time\s+you)\b|\bdaily\b"
    r"|\b(?:each|every)\s+(?:day|week|morning|evening|night|time)\b|\btonight\b|\btomorrow\b"
    r"|\bbefore\s+(?:bed|our|we\s+meet|work|sleep)|\bat\s+home\b|\bnext\s+session\b"
    r"|\bbetween\s+(?:now|sessions)\b|\bduring\s+(?:the|your)\s+(?:day"
    r"|week)\b"
    r"|\b(?:your|her|him)\s+(?:mother|father|sister|brother|son|daughter|wife|husband|partner)\b"
)
WHENEVER = _form(
    r"\bwhen(?:ever)?\s+(?:you\s+(?:notice|feel|catch|get|are)|self|that|those|similar|the)\b"
)
AFTERTHOUGHT = _form(r",?\s+and\s+(?:I\b|I['’]|we\b|next\s+time\b)|[?!.](?=\s)")
# "making that an intention": what "that" is stands elsewhere.
ANAPHORA = _form(
    r"^(?:\w+\s+){0,2}?(?:that|this|it|those|these|them)\b(?!\s+(?:\w+ing|exercise|techni|practi))"
)
