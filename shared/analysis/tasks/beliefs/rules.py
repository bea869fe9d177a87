"""Forms in which people state what they hold to be true, as data.

The categories are ten core-belief themes; limiting forms and thinking traps follow the cognitive
therapy literature (Beck, J. S., Cognitive Behavior Therapy, 3rd ed.; Burns, Feeling Good).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

LIMITING, EMPOWERING = "limiting", "empowering"


@dataclass(frozen=True)
class Rule:
    """One form of belief.

    Attributes:
        form: regular expression of what a clause must hold; the belief reads from its start to the
            clause's end.
        about: self, others, world or future.
        trap: thinking trap that the form itself shows, None where it shows none.
        whole: the belief reads on over commas and joins, as in "if ..., then ...".
    """

    form: str
    category: str
    polarity: str = LIMITING
    about: str = "self"
    trap: str | None = None
    whole: bool = False

    @cached_property
    def pattern(self) -> re.Pattern[str]:
        """The form, in either case."""
        return re.compile(self.form, re.IGNORECASE)


_AM = r"\bI(?:['’]m|\s+am)\s+(?:(?:just|simply|really|maybe|probably|still|always|somehow)\s+)?"
_NOT = r"\bI(?:['’]m|\s+am)\s+(?:(?:just|simply|really)\s+)?not\s+(?:(?:just|really)\s+)?"
_MUST = r"\bI\s+(?:always\s+)?(?:should|must|have\s+to|need\s+to|had\s+to|ought\s+to)\s+"
_BAD = (
    r"(?:fail|fall|lose|never|nobody|no\s+one|everyone|they(?:['’]ll|\s+will)|people|means?|judge"
    r"|reject|leave|not\s+(?:good|enough|worth)|too\s+much|disappoint|hate|alone|flaw|worthless"
    r"|weak|useless|find\s+out|can['’]t|what\s+am\s+I|go\s+wrong|fraud|let\s+\w+\s+down|behind)"
)

RULES: tuple[Rule, ...] = (
    Rule(
        rf"\bif\s+(?:I|my|it|something|someone|people|they)\b[^.!?;]{{3,80}}?,\s*(?:then\s+)?"
        rf"(?=(?:I|it|they|people|everything|everyone|nobody|no\s+one|that|what"
        rf"|my)\b)[^.!?;]{{0,60}}?\b{_BAD}",
        "Control", trap="fortune telling", about="future", whole=True,
    ),
    Rule(_NOT + r"(?:\w+\s+)?(?:enough|worthy|worth)\b", "Self-Worth"),
    Rule(
        r"\b(?:my|the)\s+\w+\s+(?:are|is|aren['’]t|isn['’]t)\s+(?:(?:just|never|not)\s+)*"
        r"(?:good|smart)\s+enough\b", "Capability",
    ),
    Rule(
        _NOT + r"(?:cut\s+out|made|capable|able|qualified|fit|talented|smart|ready)\b", "Capability"
    ),
    Rule(
        _AM + r"(?:a|an|such\s+a|such\s+an)\s+(?:(?:total|complete|huge|real)\s+)?"
        r"(?:failure|loser|disappointment|mess|bad\s+\w+|terrible\s+\w+|horrible\s+\w+|waste)\b",
        "Self-Worth", trap="labelling",
    ),
    Rule(
        _AM + r"(?:a|an|such\s+a)\s+(?:fraud|impostor|imposter|phony)\b", "Capability",
        trap="labelling",
    ),
    Rule(_AM + r"(?:a|such\s+a)\s+burden\b", "Belonging", trap="labelling"),
    Rule(
        _AM + r"(?:worthless|useless|stupid|weak|broken|unlovable|defective|pathetic|unworthy"
        r"|ugly)\b",
        "Self-Worth", trap="labelling",
    ),
    Rule(
        _AM + r"(?:incompetent|inadequate|incapable|hopeless\s+at|obsolete|lazy)\b", "Capability",
        trap="labelling",
    ),
    Rule(r"\bI\s+(?:don['’]t|do\s+not)\s+(?:\w+\s+)?deserve\b", "Deservingness"),
    Rule(
        r"\bI\s+(?:(?:don['’]t|do\s+not|never|will\s+never)\s+)(?:\w+\s+)?(?:belong|fit\s+in"
        r"|matter)\b",
        "Belonging",
    ),
    Rule(
        r"\bI\s+(?:always|never)\s+(?:mess|screw|fail|ruin|disappoint|lose|succeed|get\s+(?:it"
        r"|things|"
        r"anything)|finish\s+anything|do\s+(?:it|things|anything)|say\s+the)\b[^.!?,;]*",
        "Capability", trap="overgeneralisation",
    ),
    Rule(
        r"\bI(?:['’]ll|\s+will|['’]m\s+(?:going\s+to|gonna))\s+(?:always|never)\s+\w+", "Future",
        about="future", trap="fortune telling",
    ),
    Rule(
        r"\bI(?:['’]ll|\s+will|['’]m\s+going\s+to)\s+(?:\w+\s+)?(?:fail|mess\s+(?:it|this|up)"
        r"|fall\s+"
        r"(?:behind|apart)|lose\s+(?:control|everything)|end\s+up|let\s+\w+\s+down|disappoint)\b",
        "Future", about="future", trap="fortune telling",
    ),
    Rule(
        r"\bI\s+(?:have\s+to|must|need\s+to|had\s+to)\s+prove\s+(?:myself|that|my)\b", "Self-Worth",
        trap="should statement",
    ),
    Rule(
        _MUST + r"(?:always|never|constantly|be\s+(?:perfect|strong|productive|better|the\s+best|"
        r"in\s+control|on\s+top)|do\s+(?:everything|it\s+all|more|better)|have\s+it\s+all"
        r"|keep\s+it)\b",
        "Control", trap="should statement",
    ),
    Rule(r"\bI\s+should\s+have\s+(?:\w+\s+)?(?:caught|known|seen|done|been|noticed|prevented"
        r"|\w+\s+(?:\w+\s+)?(?:more|better|earlier|sooner|harder))\b",
          "Capability", trap="should statement"),
    Rule(
        r"\bI\s+(?:shouldn['’]t|should\s+not|must\s+not|mustn['’]t)\s+(?:feel|need|ask|be|show|cry"
        r"|rest)\b",
        "Deservingness", trap="should statement",
    ),
    Rule(
        r"\bI\s+(?:can['’]t|cannot|can\s+never)\s+(?:ever\s+)?(?:do\s+anything|do\s+this|cope"
        r"|be\s+loved"
        r"|succeed|afford\s+to\s+(?:fail|make)|get\s+anything|be\s+happy|ever)\b", "Capability",
    ),
    Rule(r"\b(?:I|you)\s+can['’]t\s+trust\s+(?:anyone|anybody|people|men|women|others|them)\b",
          "Safety", about="others", trap="overgeneralisation"),
    Rule(
        r"\b(?:no\s*one|nobody)\s+(?:(?:really|ever|will|would|can|could)\s+)*(?:like|love|care"
        r"|want|"
        r"understand|listen|need|help|notice|take)s?\b", "Belonging", about="others",
        trap="overgeneralisation",
    ),
    Rule(
        r"\b(?:everyone|everybody)(?:\s+else)?(?:\s+is|['’]s|\s+has|\s+seems)?\s+(?:\w+\s+)?"
        r"(?:better|figuring|ahead|happier|smarter|more\s+\w+|leaves|judges|hates|got\s+it"
        r"|together)\b",
        "Others", about="others", trap="overgeneralisation",
    ),
    Rule(
        r"\b(?:people|others|men|women)\s+(?:always|never|will\s+(?:always|never)|only"
        r"|can['’]t\s+be)\s+"
        r"\w+", "Others", about="others", trap="overgeneralisation",
    ),
    Rule(
        r"\bthe\s+world\s+is\s+\w+|\blife\s+is\s+(?:\w+\s+)?(?:unfair|hard|dangerous|meaningless"
        r"|cruel|"
        r"short|good|worth)\b", "World View", about="world",
    ),
    Rule(
        r"\bnothing\s+(?:(?:ever|will|I\s+do)\s+)+\w+", "Future", about="future",
        trap="overgeneralisation",
    ),
    Rule(
        r"\b(?:I\s+(?:have|had)|there\s+is|there['’]s)\s+no\s+(?:purpose|reason\s+to\s+live"
        r"|point\s+in)\b",
        "Purpose",
    ),
    Rule(r"\bI\s+see\s+myself\s+as\s+(?:someone|a|an|the|not|less|weak)\b", "Self-Worth"),
    Rule(r"\bmy\s+(?:worth|value)\s+(?:is|depends|comes|was)\b", "Self-Worth"),
    Rule(r"\bexposing\s+some\s+fundamental\s+flaw\b", "Self-Worth"),
    Rule(
        r"\bI\s+(?:don['’]t|do\s+not)\s+(?:always\s+)?(?:have|need)\s+to\s+be\s+(?:perfect"
        r"|the\s+best|"
        r"strong|everything|productive|everywhere|right)\b|\bI\s+(?:don['’]t"
        r"|do\s+not)\s+have\s+to\s+"
        r"(?:prove|do\s+everything|earn|fix\s+everything|please)\b", "Self-Worth", EMPOWERING,
    ),
    Rule(
        r"\b(?:doesn['’]t|does\s+not|don['’]t|do\s+not)\s+define\s+(?:me|my\b|who)", "Self-Worth",
        EMPOWERING,
    ),
    Rule(
        _AM + r"(?:capable|good\s+enough|enough|worthy|strong|competent|lovable|valuable)\b",
        "Self-Worth", EMPOWERING,
    ),
    Rule(
        r"\bI\s+can\s+(?:handle|cope|learn|lead|do\s+(?:it|this|hard)|trust\s+myself|grow)\b",
        "Capability", EMPOWERING,
    ),
    Rule(r"\bI(?:['’]ve|\s+have)\s+shown\s+(?:that\s+)?I\s+can\b", "Capability", EMPOWERING),
    Rule(
        r"\b(?:making\s+)?mistakes?\s+(?:are|is|can\s+be)\s+(?:\w+\s+)?(?:part|opportunit|how|okay"
        r"|ok|"
        r"normal|human|a\s+chance)", "World View", EMPOWERING, about="world",
    ),
    Rule(
        r"\bit(?:['’]s|\s+is)\s+(?:okay|ok|all\s+right|alright)\s+(?:to|if|not\s+to|for\s+me)\b",
        "Deservingness", EMPOWERING,
    ),
    Rule(r"\bI\s+(?:do\s+)?deserve\b", "Deservingness", EMPOWERING),
    Rule(
        r"\b(?:can|could)\s+still\s+be\s+(?:valuable|good|effective|successful|worthy|loved"
        r"|enough)\b",
        "Self-Worth", EMPOWERING,
    ),
    Rule(
        r"\bI\s+(?:don['’]t|do\s+not)\s+(?:really\s+)?have\s+(?:what\s+it\s+takes"
        r"|enough\s+(?:experience|talent"
        r"|skills?|knowledge|strength)|the\s+(?:skills?|talent|strength|brains"
        r"|right\s+to))\b", "Capability",
    ),
    Rule(
        r"\bI(?:['’]ve)?\s+only\s+(?:got|get|made|came|succeed(?:ed)?|passed"
        r"|am)\b[^.?!,;]*\b(?:luck|lucky|because"
        r"|chance|accident)\b", "Capability",
    ),
    Rule(
        r"\bI(?:['’]m|\s+am)\s+(?:just\s+)?not\s+\w+ing\s+(?:\w+\s+)?enough\b", "Capability",
    ),
    Rule(
        _AM + r"too\s+(?:much(?!\s+\w+ing)|old\s+to|needy|sensitive|emotional|damaged|broken|weak"
              r"|stupid|far\s+gone"
        r"|late\s+to)\b", "Self-Worth",
    ),
    Rule(
        r"\bI(?:['’]ll|\s+will|['’]d|\s+would)\s+(?:just\s+)?be\s+(?:too\s+much|a\s+(?:burden"
        r"|failure|bad\s+\w+)|alone"
        r"|rejected|judged|abandoned|found\s+out|seen\s+as|left\s+behind"
        r"|exposed)\b", "Belonging", about="future",
        trap="fortune telling",
    ),
    Rule(
        r"\b(?:people|they|everyone|everybody|others|he|she|my\s+\w+)(?:['’]ll|\s+will"
        r"|\s+would)\s+(?:just\s+|all\s+"
        r"|eventually\s+)*(?:leave\s+me|judge\s+me|reject\s+me|pull\s+away|laugh\s+at|think\s+less"
        r"|find\s+out|hate\s+me|see"
        r"\s+(?:that\s+)?I['’]m|give\s+up\s+on\s+me|abandon\s+me"
        r"|stop\s+loving)\b", "Belonging", about="others",
        trap="fortune telling",
    ),
    Rule(
        r"\bit(?:['’]ll|\s+will)\s+(?:just\s+)?(?:make|push|drive)\s+(?:other\s+)?(?:people|them"
        r"|everyone|him|her)\s+"
        r"(?:pull\s+away|away|leave|hate"
        r"|judge)\b", "Belonging", about="others", trap="fortune telling",
    ),
    Rule(
        r"\bI(?:['’]ve)?\s+(?:learned|learnt|was\s+taught"
        r"|was\s+raised)\s+(?:\w+\s+){0,2}?(?:not\s+to|never\s+to|that\s+"
        r"(?:I|you|people|love|men|women|feelings|crying))\b", "Safety",
    ),
    Rule(
        r"\bI\s+(?:don['’]t|do\s+not)\s+(?:even\s+)?know\s+who\s+I\s+am\s+(?:without|if|any\s*more"
        r"|outside)\b",
        "Self-Worth",
    ),
    Rule(
        r"\b(?:it['’]s|it\s+is|it\s+was|that['’]s)\s+(?:all\s+|entirely\s+)?my\s+(?:own\s+)?fault\b"
        r"|\bI(?:['’]m|\s+am)\s+"
        r"(?:the\s+problem|to\s+blame)\b|\bthere(?:['’]s|\s+is"
        r"|\s+must\s+be)\s+something\s+(?:\w+\s+)?wrong\s+with\s+me\b",
        "Self-Worth",
    ),
    Rule(
        r"\bI\s+(?:ruin|destroy|mess\s+up|break)\s+(?:everything|everyone|all)\b"
        r"|\bI\s+can['’]t\s+do\s+anything\s+right\b",
        "Capability", trap="overgeneralisation",
    ),
    Rule(
        r"\b\w+(?:\s+\w+)?(?:['’]d|\s+would)\s+(?:all\s+)?be\s+better\s+off\s+without\s+me\b",
        "Belonging",
    ),
    Rule(
        r"\bI\s+should\s+(?:be\s+(?:over\s+(?:it|this|him|her)|past\s+this|able\s+to|stronger|happy"
        r"|grateful)|have\s+it\s+all)\b",
        "Control", trap="should statement",
    ),
    Rule(
        r"\b(?:asking\s+for\s+help|crying|showing\s+(?:\w+\s+)?(?:feelings?|emotions?|weakness)"
        r"|needing\s+\w+|being\s+"
        r"vulnerable|vulnerability|feelings?|emotions?|love|intimacy"
        r"|trust(?:ing)?(?:\s+\w+)?)\s+(?:is|are|means|makes\s+\w+|always|only"
        r"|never)\s+(?:\w+\s+){0,4}?(?:weak\w*|selfish|dangerous|pathetic|failure|hurts?|lasts?"
        r"|pain|embarrassing)\b",
        "World View", about="world",
    ),
    Rule(
        r"\b(?:a\s+)?(?:good|real|strong)\s+(?:mother|father|parent|mom|dad|wife|husband|man|men"
        r"|woman|women|son|daughter|student)s?"
        r"\s+(?:doesn['’]t|does|don['’]t|never|always|should|would|wouldn['’]t"
        r"|must)\b", "Others", about="others",
        trap="should statement",
    ),
    Rule(
        r"\bI(?:['’]m|\s+am)\s+(?:actually\s+|pretty\s+|really\s+)?good\s+(?:at|with)\s+\w+"
        r"|\bI\s+(?:also\s+)?(?:tend\s+to\s+)?"
        r"stay\s+calm\b", "Capability", EMPOWERING,
    ),
    Rule(
        r"\bI(?:['’]m|\s+am)\s+a\s+(?:really\s+)?(?:good|loving|strong|caring|decent"
        r"|capable)\s+\w+\b", "Self-Worth", EMPOWERING,
    ),
    Rule(
        r"\bI(?:['’]ve)?\s+(?:worked\s+hard\s+(?:and|for|to)"
        r"|(?:have\s+)?earned)\b[^.?!;]*\b(?:earned|position|place|right|deserve\w*"
        r"|this|it)\b", "Deservingness", EMPOWERING,
    ),
    Rule(
        r"\b(?:doesn['’]t|does\s+not|don['’]t)\s+(?:invalidate|erase|undo|cancel\s+out"
        r"|change)\s+(?:my|who\s+I|what\s+I)\b",
        "Self-Worth", EMPOWERING,
    ),
    Rule(
        r"\b(?:asking\s+for\s+help|crying|resting|rest|saying\s+no)\s+(?:is|isn['’]t"
        r"|doesn['’]t\s+mean)\s+(?:\w+\s+){0,3}?(?:strength|brave"
        r"|okay|ok|weak\w*|selfish|allowed"
        r"|human)\b(?<!is\sweak)(?<!is\sselfish)", "Deservingness", EMPOWERING,
    ),
)  # fmt: skip
