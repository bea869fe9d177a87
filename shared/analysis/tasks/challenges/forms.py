"""Forms in which people say what makes it hard for them now, as data."""

from __future__ import annotations

import re

ADVERB = (
    r"(?:(?:still|really|also|often|just|always|sometimes|kind\s+of|constantly|usually|even"
    r"|probably|now|end\s+up"
    r"|tend\s+to|then)\s+)*"
)
_I = rf"\bI\s+{ADVERB}"
_AM = rf"\bI(?:['’]m|\s+am|['’]ve\s+been|\s+have\s+been)\s+{ADVERB}"
_HABIT = (
    r"\b(?:sometimes|often|always|usually|every\s+(?:time|day|night)"
    r"|constantly)\s+I\s+(?:(?:even|just|still)\s+)*"
)
_VERY = (
    r"(?:(?:so|very|really|pretty|such|still|just|always|quite|too|incredibly|extremely|a\s+bit"
    r"|kind\s+of)\s+)*"
)
# What people do although it does them no good. Forms in the present tense: what is over is none.
_HARMFUL = (
    r"(?:overthink|over-think|procrastinate|ruminate|obsess|catastrophi[sz]e|second-guess|spiral"
    r"|dwell\s+on|overwork"
    r"|isolate|withdraw|shut\s+(?:down|people\s+out|everyone\s+out|him\s+out|her\s+out)"
    r"|freeze(?:\s+up)?|hold\s+(?:it\s+)?back"
    r"|bottle\s+(?:it|things|everything)\s+up|snap\s+at|lash\s+out|blow\s+up|explode"
    r"|lose\s+(?:my\s+temper|control|track|it)"
    r"|give\s+in|cave|relapse|binge|overeat|overspend|skip\s+(?:meals|class(?:es)?|school|work)"
    r"|drink\s+(?:too\s+much|to\s+\w+"
    r"|more\s+than)|put\s+(?:it|things|everything)\s+off|beat\s+myself\s+up"
    r"|blame\s+myself\s+for\s+everything"
    r"|compare\s+myself|doubt\s+(?:myself|everything)|avoid\s+\w+|cancel\s+(?:on|plans)|disappear"
    r"|zone\s+out|check\s+out"
    r"|lie\s+awake|wake\s+up\s+(?:at|in|every|several)|work\s+(?:late|past|through|too\s+much)"
    r"|stay\s+up|fall\s+apart"
    r"|forget\s+to|take\s+(?:it|everything|things)\s+(?:so\s+)?personally|get\s+(?:so\s+"
    r"|really\s+)?(?:stuck|overwhelmed\s+and"
    r"|caught\s+up|sucked|tempted|distracted|defensive|lost\s+in)|panic|people-please"
    r"|say\s+yes\s+(?:to\s+everything"
    r"|even)|push\s+(?:people|everyone|him|her|them)\s+away|walk\s+on\s+eggshells"
    r"|check\s+(?:my\s+)?(?:e-?mails?|phone|work)"
    r"|run\s+away|hide\s+(?:it|from)|pretend|keep\s+everything\s+(?:in|inside))"
)
_HARMING = (
    r"(?:overthinking|procrastinating|ruminating|obsessing|catastrophi[sz]ing|second-guessing"
    r"|spiral(?:l)?ing|dwelling"
    r"|overworking|isolating|withdrawing|shutting\s+\w+|freezing|holding\s+back|snapping"
    r"|lashing\s+out|losing\s+(?:my|track"
    r"|sleep|control)|giving\s+in|relapsing|bingeing|binging|overeating|drinking|putting\s+(?:it"
    r"|things|everything)\s+off"
    r"|beating\s+myself|comparing|doubting|avoiding|lying\s+awake|waking\s+up|replaying|worrying"
    r"|thinking\s+about|checking"
    r"|working\s+(?:late|past)|staying\s+up|falling\s+(?:apart|behind|back)|forgetting"
    r"|picking\s+fights|having\s+(?:panic"
    r"|nightmares|flashbacks)|crying|telling\s+myself|blaming\s+myself|pushing\s+\w+\s+away"
    r"|saying\s+yes)"
)
_HARD = (
    r"(?:hard|difficult|tough|challenging|a\s+(?:\w+\s+)?(?:struggle|challenge)|impossible|tricky)"
)

# Each form with the severity 0..1 that it has unmodified.
FORMS: tuple[tuple[float, re.Pattern[str]], ...] = tuple(
    (severity, re.compile(pattern, re.IGNORECASE))
    for severity, pattern in (
        (0.6, rf"{_I}(?:struggle|battle|wrestle)\b"),
        (0.6, rf"{_AM}(?:struggling|battling|wrestling|drowning|falling\s+(?:apart|behind))\b"),
        (0.5, rf"{_I}have\s+(?:(?:a|such|so|much|lots\s+of|a\s+lot\s+of)\s+)*(?:trouble|difficulty"
              r"|difficulties|hard\s+time"
              r"|problem\s+with|no\s+(?:energy|motivation|patience))\b"),
        (0.5, rf"{_I}find\s+(?:it|that|this)\s+{_VERY}{_HARD}\b"),
        (0.5, rf"\b(?:it|this|that\s+part)(?:['’]s|\s+is|['’]s\s+been"
              rf"|\s+has\s+been)\s+{_VERY}{_HARD}\b"
              r"(?=\s+(?:to|for|when|not|sometimes|because|keeping|trying|letting|with|at)\b"
              r"|\s*[.,;!—-]|\s*$)"),
        (0.5, rf"\b\w+ing\s+(?:\w+\s+){{0,4}}is\s+{_VERY}{_HARD}\s+(?:for\s+me|right\s+now"
              r"|these\s+days)\b"),
        (0.5, r"\bit(?:['’]s|\s+is)\s+(?:so\s+)?easy\s+(?:for\s+me\s+)?to\s+(?:forget|slip"
              r"|fall\s+back|get\s+(?:lost|caught))\b"),
        (0.5, r"\b(?:the\s+)?(?:hardest|toughest|most\s+difficult)\s+(?:part"
              r"|thing)(?:\s+\w+){0,3}\s+is\b"),
        (0.55, rf"{_I}(?:can['’]t|cannot|can\s+not)\s+(?!believe|wait|help|complain|say\s+(?!no)"
               r"|thank|recall"
               r"|tell\s+you|imagine|keep\s+\w+ing|deny|ask|blame|trust\s+(?:any|people|men|women)"
               r"|do\s+any"
               r"|feel)\w+"),
        (0.5, r"\bI\s+haven['’]t\s+(?:(?:really|even)\s+)*(?:been\s+able|slept|managed"
              r"|found\s+(?:the|any|a))\b"),
        (0.5, rf"{_I}(?:don['’]t|never)\s+(?:\w+\s+)?(?:have|get)\s+(?:(?:any|enough|the"
              r"|much)\s+)*(?:time|energy|sleep"
              r"|motivation|patience)\b"),
        (0.5, r"\bI(?:['’]ve|\s+have|['’]m|\s+am)\s+(?:(?:been|still|really|always)\s+)*(?:having"
              r"|had)\s+(?:(?:a|such|so"
              r"|much)\s+)*(?:hard\s+time|trouble|difficulty)\b"),
        (0.5, rf"\b(?:is|are|feels?|gets?|seems?)\s+{_VERY}(?:hard|harder|difficult"
              r"|impossible)\s+(?:for\s+me|to\s+(?:let"
              r"|stop|switch|trust|talk|say|sleep|focus|keep|break|shake|accept|cope))\b"),
        (0.5, rf"{_I}keep\s+(?:on\s+)?{_HARMING}\b"),
        (0.5, rf"{_I}(?:catch|find)\s+myself\s+(?:\w+ly\s+)?(?!thinking\b)\w+ing\b"),
        (0.45, rf"\bI\s+(?:(?:just|still|really|also|even)\s+)*(?:tend\s+to|end\s+up|often|always"
               r"|constantly|usually)\s+"
               rf"(?:just\s+|even\s+|still\s+|either\s+)*(?:{_HARMFUL}|{_HARMING})\b"),
        (0.45, rf"\bI\s+(?:still|just|also)\s+(?:\w+ly\s+)?{_HARMFUL}\b"),
        (0.5, rf"{_HABIT}(?:\w+ly\s+|get\s+\w+\s+and\s+)?{_HARMFUL}\b"),
        (0.45, r"\bI(?:\s+(?:just|still|also)|\s+come\s+home\s+and\s+I\s+just)?[\s….]+(?:overthink"
               r"|procrastinate|isolate|withdraw|shut"
               r"\s+down|freeze|hold\s+back|disappear|spiral|second-guess|ruminate|overwork"
               r"|lie\s+awake|beat\s+myself\s+up"
               r"|people-please|lash\s+out|get\s+stuck|get\s+caught\s+up|put\s+(?:it|things)\s+off"
               r"|push\s+\w+\s+away|drink\s+too\s+much)\b"),
        (0.5, rf"\b(?:I(?:['’]m|\s+am)|we(?:['’]re|\s+are))\s+{ADVERB}(?:stuck|trapped"
              r"|caught)\s+(?:in|on|between)\b"),
        (0.5, rf"{_I}feel\s+(?:so\s+|really\s+)?stuck\b"),
        (0.5, rf"{_I}(?:don['’]t|do\s+not)\s+(?:even\s+|really\s+)?know\s+(?:how\s+(?:to|I)"
              r"|where\s+(?:to|I)\s+(?:begin|start|turn)"
              r"|what\s+(?:to\s+do|I['’]m\s+feeling|I\s+feel))\b"),
        (0.5, r"\b(?:makes?|making)\s+it\s+(?:\w+\s+)?(?:hard|harder|difficult|tough"
              r"|impossible)\b"),
        (0.5, r"\bmakes?\s+me\s+(?:\w+\s+)?(?:hesitant|hesitate|afraid\s+to|avoid|procrastinate"
              r"|freeze|withdraw|shut\s+down)\b"),
        (0.5, r"\b(?:gets?\s+in\s+(?:the|my)\s+way|holds?\s+me\s+back|wears?\s+me\s+(?:down|out)"
              r"|keeps?\s+me\s+(?:up|awake|from)"
              r"|adds?\s+(?:\w+\s+)?(?:pressure|stress)|tak(?:es?|ing)\s+(?:over|its\s+toll)"
              r"|eats?\s+me\s+up|stresses\s+me\s+out)\b"),
        (0.5, rf"\bI(?:['’]m|\s+am)\s+{_VERY}(?:afraid|scared)\s+(?:to|of)\b"),
        (0.55, rf"\b(?:work|home|school|college|life|money|sleep|everything|things|parenting|(?:my"
               r"|our|the)\s+\w+)\s*(?:['’]s|is|are"
               rf"|has\s+been|have\s+been|['’]s\s+been)\s+{_VERY}(?:stressful|rough|tough|hard"
               r"|difficult|chaotic|a\s+(?:mess|struggle)"
               r"|unbearable|out\s+of\s+control|falling\s+apart|overwhelming)\b"),
        (0.5, r"\b(?:this|so\s+much|constant|all\s+the"
              r"|a\s+lot\s+of)\s+(?:\w+\s+)?pressure\b(?!\s+(?:was|is\s+off))"),
        (0.5, r"\bmy\s+(?:mind|brain|head|thoughts)\s+(?:(?:is|are)\s+(?:still|always|constantly"
              r"|never|racing)|just\s+won['’]t|won['’]t"
              r"|never|keeps?|races?|goes\s+blank|(?:just\s+)?(?:can['’]t|doesn['’]t)\s+(?:stop"
              r"|switch|shut))\b"),
        (0.5, rf"{_AM}(?:barely\s+\w+ing|not\s+sleeping|hardly\s+sleeping|waking\s+up|lying\s+awake"
              r"|ruminating|procrastinating"
              r"|avoiding|isolating|having\s+(?:panic|nightmares|flashbacks|trouble)|putting\s+off"
              r"|drinking\s+(?:more|too|again)"
              r"|(?:just\s+)?trying\s+to\s+(?:stay\s+afloat|survive|get\s+through|keep\s+(?:up"
              r"|my\s+head)))\b"),
        (0.5, rf"\bI(?:['’]m|\s+am)\s+{ADVERB}(?:never\s+(?:really\s+)?(?:here|present|there|home)"
              r"|either\s+\w+\s+or\b"
              r"|behind\s+on|overworked|not\s+coping)"),
        (0.5, r"\bI(?:['’]m|\s+am)\s+never\s+really\b"),
        (0.5, r"\bwe\s+(?:(?:just|always|constantly|still)\s+)*(?:keep\s+(?:fighting|arguing)|fight"
              r"|argue|barely\s+(?:talk|speak)"
              r"|(?:don['’]t|hardly|never)\s+(?:really\s+)?(?:talk|speak|touch))\b"),
        (0.5, r"\bwe(?:['’]ve|\s+have)\s+been\s+(?:(?:so|really|pretty)\s+)?(?:off|distant|fighting"
              r"|arguing|drifting|struggling)\b"),
        (0.45, rf"{_I}feel\s+(?:that|this|the)\s+(?:urge|need|pressure|pull|craving)\s+to\b"),
        (0.5, r"\b(?:perfectionis\w+|inner\s+critic|critic\w*|perfectionist\s+voice|cravings?"
              r"|urges?|flashbacks?|panic\s+attacks?)\b[^,.]{0,20}\s"
              r"(?:(?:is|are)\s+(?:really\s+|so\s+|still\s+)*(?:loud|there|strong|back|constant)"
              r"|keeps?\s+|won['’]t\s+)"),
    )
)  # fmt: skip
# What is over, overcome or somebody else's way of seeing it is no challenge now.
OVER = re.compile(
    r"\bused\s+to\b|\bno\s+longer\b|\bnot\s+as\s+(?:hard|difficult)\b|\bless\s+(?:hard|difficult)\b"
    r"|\b(?:easier|better)\s+now\b|\banymore\s+I\b|\bback\s+then\b|\bwhen\s+I\s+was\b"
    r"|\bgrowing\s+up\b"
    r"|\b(?:do|does|did)(?:n['’]t|\s+not)\s+(?:really\s+)?(?:struggle|have\s+(?:(?:a|any)\s+)?"
    r"(?:trouble|hard\s+time|difficult(?:y|ies)|problems?))\b",
    re.IGNORECASE,
)
# "When I catch myself obsessing, I breathe": told as the occasion of something else.
OCCASION = re.compile(
    r"^\W*that\s+$|\b(?:when(?:ever)?|if|once|time|before|after|until|instead\s+of|as\s+soon\s+as"
    r"|says?|said"
    r"|thinks?|told\s+me|says?\s+that)\s+(?:\w+\s+)?$",
    re.I,
)
